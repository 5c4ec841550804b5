import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/platform/database.js';
import { connectRedis } from '../../src/platform/redis.js';
import { captureLog } from '../support/captured-log.js';
import { MIGRATIONS } from '../../src/platform/migrations.js';
import { freePort } from '../support/server-process.js';

/** As PostgreSQL's protocol has it: a letter, the length, which of the kinds of authentication, and what belongs to it. */
function authentication(kind: number, rest: string): Buffer {
  const head = Buffer.alloc(9);
  head.write('R');
  head.writeInt32BE(8 + rest.length, 1);
  head.writeInt32BE(kind, 5);
  return Buffer.concat([head, Buffer.from(rest)]);
}
const SASL = authentication(10, 'SCRAM-SHA-256\0\0');
const SASL_CONTINUE = authentication(11, 'r=nonce,s=c2FsdA==,i=4096');

test('a PostgreSQL that wants a password where none is given is not waited for, and the sentence says so', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(SASL);
      socket.once('data', () => socket.write(SASL_CONTINUE));
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const log = captureLog();
  const opening = openDatabase(
    { kind: 'server', url: `postgresql://larder@127.0.0.1:${port}/larder`, poolSize: 1, waitSeconds: 3 },
    { migrations: MIGRATIONS, logger: log.logger },
  );
  await expect(opening).rejects.toThrow(/: the server wants a password\. Put one into DATABASE_URL\.$/);
  expect(log.lines).toEqual([]);
  server.close();
});

test('a Redis that cannot be reached is told with message and code, and nothing of the client', async () => {
  const log = captureLog();
  const redis = connectRedis([`redis://user:hunter2@127.0.0.1:${await freePort()}`], log.logger, 'larder');
  await log.said(/Redis cannot be reached/);
  redis.disconnect();
  expect(log.lines[0]).toMatchObject({
    reason: expect.stringContaining('ECONNREFUSED') as string,
    code: 'ECONNREFUSED',
  });
  expect(Object.keys(log.lines[0]!).sort()).toEqual(['code', 'level', 'msg', 'reason', 'time']);
});
