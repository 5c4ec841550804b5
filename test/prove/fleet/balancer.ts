/**
 * What stands before instances: it asks each whether it is ready, as balancers do, and sends each request to one that was when it was last asked. It repeats
 * nothing: what fails with an instance fails with the client.
 */
import { Agent, type IncomingMessage, type ServerResponse, createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Balancer {
  readonly url: string;
  /** Resolves when requests are sent there. */
  sendsTo(url: string): Promise<void>;
  close(): Promise<void>;
}

/** Many times while an instance that stops goes on answering (READY_LINGER_SECONDS). */
const ASK_EVERY_MS = 100;
const ANSWER_MS = 1_000;
const READY_MS = 30_000;

export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<string>();
  let turn = 0;
  let isClosed = false;

  const handle = (asked: IncomingMessage, response: ServerResponse): void => {
    const [...able] = ready;
    const target = able[(turn += 1) % able.length];
    if (target === undefined) {
      asked.resume();
      response.writeHead(503).end();
      return;
    }
    const { method, url: path, headers } = asked;
    const passed = request(new URL(path!, target), { agent, method, headers }, (answer) => {
      // Of its own connection each side speaks for itself.
      response.writeHead(answer.statusCode!, { ...answer.headers, connection: 'keep-alive' });
      answer.pipe(response);
    });
    passed.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    asked.pipe(passed);
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const watch = async (url: string): Promise<void> => {
    while (!isClosed) {
      const verdict = await readinessOf(url);
      // Whoever says nothing in time may only be slow, or this process is: as it was, until it says something.
      if (verdict === true) ready.add(url);
      if (verdict === false) ready.delete(url);
      await wait(ASK_EVERY_MS);
    }
  };
  const watching = urls.map(watch);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async sendsTo(url) {
      for (let waitedMs = 0; !ready.has(url); waitedMs += ASK_EVERY_MS) {
        if (waitedMs > READY_MS) throw new Error(`${url} is not ready after ${READY_MS / 1_000} s.`);
        await wait(ASK_EVERY_MS);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all(watching);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const once = new Agent({ keepAlive: false });

/** Null: it is not known. */
const readinessOf = (url: string): Promise<boolean | null> =>
  new Promise((resolve) => {
    const asking = get(`${url}/health/ready`, { agent: once, timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking
      .on('timeout', () => {
        resolve(null);
        asking.destroy();
      })
      .on('error', () => resolve(false));
  });
