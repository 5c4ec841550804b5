/** Counts the statements that Prisma sends, for the operation that sends them. */
import type { SqlDriverAdapterFactory, SqlQueryable } from '@prisma/driver-adapter-utils';
import { counted } from './database-work.js';

/** The same factory. What it connects counts. */
export function counting<Factory extends SqlDriverAdapterFactory>(factory: Factory): Factory {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = watched(await connect());
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => watched(await startTransaction(level));
    return adapter;
  };
  return factory;
}

function watched<Sender extends SqlQueryable>(sender: Sender): Sender {
  sender.queryRaw = timed(sender.queryRaw.bind(sender));
  sender.executeRaw = timed(sender.executeRaw.bind(sender));
  return sender;
}

const timed =
  <Query extends { readonly sql: string }, Answer>(send: (query: Query) => Promise<Answer>) =>
  (query: Query): Promise<Answer> =>
    counted(query.sql, () => send(query));
