import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { captureLog } from '../support/captured-log.js';

let app: TestApp;
let log: ReturnType<typeof captureLog>;
beforeEach(async () => {
  log = captureLog();
  app = await startApp({ logger: log.logger });
  // As when somebody changed the database by hand: none of our code expects this.
  await app.prisma.$executeRaw`ALTER TABLE "Category" RENAME COLUMN "agentCount" TO "secretColumn"`;
});
afterEach(() => app.close());

const QUERY = '{ agentCategories { category agentCount } }';

test('a fault of ours is masked in the answer, and in the log with its cause, its place and the id of the request', async () => {
  const { status, data, errors } = await app.execute(QUERY, {}, { headers: { 'x-request-id': 'call-me-17' } });
  expect({ status, data }).toEqual({ status: 500, data: null });
  expect(errors).toEqual([
    {
      message: 'Something went wrong on our side. If it stays so, tell us the request id call-me-17.',
      path: ['agentCategories'],
      locations: expect.anything(),
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    },
  ]);
  const [line] = log.lines.filter(({ msg }) => msg === 'a request failed');
  expect(line).toMatchObject({ requestId: 'call-me-17', field: 'agentCategories' });
  expect(JSON.stringify(line)).toMatch(/agentCount/);
  expect(line?.['err']).toMatchObject({ stack: expect.stringMatching(/\n\s+at /) });
});

test('what else was asked for is answered beside it', async () => {
  await app.prisma.$executeRaw`ALTER TABLE "User" RENAME COLUMN "username" TO "formerly"`;
  const { status, data, errors } = await app.execute('{ agents { totalCount } user(username: "ada") { id } }');
  expect({ status, data }).toEqual({ status: 200, data: { agents: { totalCount: 0 }, user: null } });
  expect(errors).toMatchObject([{ path: ['user'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
});

test('faults of clients are not logged as ours', async () => {
  await app.execute('{ nonsense }');
  await app.execute('{ node(id: "x") { id } }');
  await app.execute('{ __typename }', {}, { token: 'x.y.z' });
  expect(log.lines.filter(({ level }) => level >= 40)).toEqual([]);
});

test('a request is told as failed by our fault if it has a line in the log, and not for what this server is not set up for', async () => {
  const told: boolean[] = [];
  app.observations.on('operation', ({ isFault }) => told.push(isFault));
  const token = await app.token('ada');
  await app.execute(QUERY);
  await app.execute('{ nonsense }');
  const unset =
    'mutation { addCollection(input: { address: "0x0000000000000000000000000000000000000001" }) { collection { id } } }';
  expect((await app.execute(unset, {}, { token })).errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  expect(told).toEqual([true, false, false]);
  expect(log.lines.filter(({ msg }) => msg === 'a request failed')).toHaveLength(1);
});

test('a request id that could harm a log is replaced', async () => {
  for (const id of ['a b', '<script>', 'x'.repeat(65), '{"level":60}']) {
    const { headers } = await app.execute('{ __typename }', {}, { headers: { 'x-request-id': id } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});
