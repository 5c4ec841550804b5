import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';

let app: TestApp;
let token: string;
const log = captureLog();
beforeAll(async () => {
  app = await startApp({ logger: log.logger });
  token = await app.token('ann');
});
afterAll(() => app.close());

const BY_HAND = '{ agentCategories { category } }';
const BY_PRISMA = `mutation {
  createAgent(input: { name: "Scribe", tagline: "Writes", category: "research" }) { agent { id } }
}`;

test.each([
  ['written by hand', '57014', 'took too long', BY_HAND],
  ['written by hand', '53200', 'takes too much memory', BY_HAND],
  ['written by hand', '54001', 'is too complex', BY_HAND],
  ['of Prisma', '57014', 'took too long', BY_PRISMA],
  ['of Prisma', '53200', 'takes too much memory', BY_PRISMA],
  ['of Prisma', '54001', 'is too complex', BY_PRISMA],
])(
  'a statement %s that the database gives up (%s: it %s) is the operation’s fault, and the log says so',
  async (_whose, state, _why, operation) => {
    await app.prisma.$executeRawUnsafe(`CREATE OR REPLACE FUNCTION give_up() RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '${state}'; END $$`);
    await app.prisma.$executeRaw`ALTER TABLE "Category" RENAME TO "Kept"`;
    await app.prisma.$executeRaw`CREATE VIEW "Category" AS SELECT "Kept".* FROM "Kept", give_up()`;
    const before = log.lines.length;
    try {
      const { data, errors } = await app.execute(operation, {}, { token });
      expect(data).toBeNull();
      expect(errors).toMatchObject([
        {
          message: 'The database gave this operation up: ask for less at a time.',
          extensions: { code: 'QUERY_TOO_COMPLEX' },
        },
      ]);
      const said = log.lines.slice(before).filter(({ level }) => level >= 40);
      expect(JSON.stringify(said)).toContain(state);
    } finally {
      await app.prisma.$executeRaw`DROP VIEW "Category"`;
      await app.prisma.$executeRaw`ALTER TABLE "Kept" RENAME TO "Category"`;
    }
  },
);
