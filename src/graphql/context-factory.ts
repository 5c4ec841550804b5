/** Makes the context of a request: who asks is established first. */
import type { YogaInitialContext } from 'graphql-yoga';
import { type User, type PrismaClient } from '../platform/prisma/client.js';
import { unauthenticated } from '../errors.js';
import { DatabaseWork } from '../platform/database-work.js';
import { Db, type RowReaders } from '../tracking/db.js';
import type { Publisher } from '../tracking/publisher.js';
import { type Transact, type Writer, allowWrites } from '../tracking/write.js';
import type { CollectionSource } from './collection-source.js';
import type { Context, Recorded, RequestContext, Viewer } from './context.js';
import type { Identities } from './identities.js';
import { type Operator, allowOperations } from './operator.js';
import { Recording } from './recording.js';
import { requestIdOf } from './request-id.js';

export interface ContextParts {
  prisma: PrismaClient;
  rows: RowReaders<DatabaseWork>;
  transact: Transact<DatabaseWork>;
  identities: Identities;
  signInDomains: readonly string[];
  source: CollectionSource | null;
  publisher: Publisher | null;
  /** For admins, and with a line in the log for each of their acts. */
  operatorFor: (act: { writer: Writer; subject: string | null; requestId: string }) => Operator;
  /** The viewer's row; made if this is their first request. */
  account: (writer: Writer, viewer: Viewer) => Promise<User>;
  /** What was done for a request before it came to the server; null: nothing. */
  workOf: (request: object) => DatabaseWork | null;
  /** Milliseconds since 1970. */
  wallMs: () => number;
}

export function createContextFactory(parts: ContextParts) {
  return async ({ request, req }: YogaInitialContext & { req?: object }): Promise<RequestContext> => {
    const identity = await parts.identities.identify(request.headers.get('authorization'));
    const work = (req && parts.workOf(req)) ?? new DatabaseWork();
    return {
      identity,
      work,
      open(operation) {
        const context = createContext(parts, { identity, recording: null, work });
        if (operation !== 'mutation') return context;
        const act = { writer: context, subject: identity?.subject ?? null, requestId: requestIdOf(request) };
        return allowOperations(allowWrites(context, doorOf(parts)), () => parts.operatorFor(act));
      },
      record: () => record(parts, identity, work),
    };
  };
}

/** What the resolvers of a query are given whose answer may be kept. */
export function record(parts: ContextParts, identity: Viewer | null, work: DatabaseWork): Recorded {
  const recording = new Recording();
  return { context: createContext(parts, { identity, recording, work }), recording };
}

const doorOf = ({ transact, publisher }: ContextParts) => ({ transact: transact as Transact, publisher });

interface Asking {
  identity: Viewer | null;
  recording: Recording | null;
  work: DatabaseWork;
}

function createContext(parts: ContextParts, { identity, recording, work }: Asking): Context {
  const reads = recording?.reads ?? null;
  let user: Promise<User> | null = null;
  const newDb = () => new Db(parts.prisma, reads, parts.rows as RowReaders, work);
  const context: Context = {
    db: newDb(),
    signInDomains: parts.signInDomains,
    get source() {
      reads?.refuse('ctx.source was read: what the indexer says is not in the database.');
      return parts.source;
    },
    get viewer() {
      reads?.taint('ctx.viewer was read');
      return identity;
    },
    user() {
      reads?.taint('ctx.user() was called');
      if (!identity) return Promise.reject(unauthenticated());
      if (user) return user;
      context.db.assertMayBeUsed();
      // A writer of its own, for a query must not write. That one which made somebody's row is not kept, write() sees to.
      return (user = parts.account(allowWrites({ db: newDb() }, doorOf(parts)), identity));
    },
    now(bucketSeconds) {
      const bucketMs = bucketSeconds * 1_000;
      const start = Math.floor(parts.wallMs() / bucketMs) * bucketMs;
      recording?.endAt(start + bucketMs);
      return new Date(start);
    },
  };
  return context;
}
