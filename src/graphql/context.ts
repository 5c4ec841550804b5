/** What a resolver is given. It shows neither headers nor addresses: an answer must depend on nothing that a cache cannot see. */
import type { User } from '../platform/prisma/client.js';
import type { Writer } from '../tracking/write.js';

export interface Viewer {
  /** The `sub` of a verified token. */
  readonly subject: string;
  readonly role: 'USER' | 'ADMIN';
}

export interface Context extends Writer {
  /** Who is asking; null for a stranger. */
  readonly viewer: Viewer | null;
  /** The viewer's row, made with their first request that needs it. Throws UNAUTHENTICATED for a stranger. */
  user(): Promise<User>;
  /** Hosts for which a wallet may sign (ERC-4361 domain). */
  readonly signInDomains: readonly string[];
}

export const isAdmin = (ctx: Context): boolean => ctx.viewer?.role === 'ADMIN';
