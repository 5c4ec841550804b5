/** What a resolver is given. It shows neither headers nor addresses: an answer must depend on nothing that a cache cannot see. */
import type { DatabaseWork } from '../platform/database-work.js';
import type { User } from '../platform/prisma/client.js';
import type { Writer } from '../tracking/write.js';
import type { CollectionSource } from './collection-source.js';
import type { Recording } from './recording.js';

export interface Viewer {
  /** The `sub` of a verified token. */
  readonly subject: string;
  readonly role: 'USER' | 'ADMIN';
}

/** Only those of mutations may be passed to write(). */
export interface Context extends Writer {
  /** Who is asking; null for a stranger. An answer for which this was looked at is kept for this viewer alone. */
  readonly viewer: Viewer | null;
  /** The viewer's row, made with their first request that needs it. Throws UNAUTHENTICATED for a stranger. */
  user(): Promise<User>;
  /**
   * The time, as the beginning of the bucket of so many seconds that it falls into. The only way to the clock: an answer for which it
   * was read is kept until the end of the bucket at most.
   */
  now(bucketSeconds: number): Date;
  /** Where collections come from that are not here yet; null: nowhere. What it says cannot be tracked, so queries that look are not kept. */
  readonly source: CollectionSource | null;
  /** Hosts for which a wallet may sign (ERC-4361 domain). */
  readonly signInDomains: readonly string[];
}

export const isAdmin = (ctx: Context): boolean => ctx.viewer?.role === 'ADMIN';

/** What plugins are given: who asks, at no consequence, and the way to what resolvers are given. Never a resolver's. */
export interface RequestContext {
  readonly identity: Viewer | null;
  /** What it has the database do. */
  readonly work: DatabaseWork;
  /** For one operation. */
  open(operation: 'query' | 'mutation' | 'subscription'): Context;
  /** For one query whose answer may be kept: what it reads is noted. */
  record(): Recorded;
}

export interface Recorded {
  readonly context: Context;
  readonly recording: Recording;
}
