/**
 * A server of two workers is told to replace them, again and again, while clients read and write without pause: SIGHUP, as an operator or a deployment sends it.
 * No request may fail. `tsx test/prove/rolling-restarts.ts --restarts 10`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Clients, makeAgents } from './fleet/clients.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const RESTARTS = { ci: 2, release: 100 };
const WORKERS = 2;
/** A restart ends within this, or hangs. */
const RESTART_MS = 120_000;

export async function rollingRestarts({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const restarts = wholeNumber(options.restarts, RESTARTS[size]);
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: true,
    env: { WORKERS: String(WORKERS), LOG_LEVEL: 'info', LOG_HITS: '0' },
    populate: makeAgents,
  });
  const [server] = fleet.instances as [Instance];
  const clients = new Clients(server.url);
  try {
    await logged(server, /a worker answers/g, WORKERS);
    await clients.start();
    for (let restart = 1; restart <= restarts; restart += 1) {
      process.kill(server.pid!, 'SIGHUP');
      await logged(server, /all workers are replaced/g, restart);
      say(`rolling-restarts: ${restart} of ${restarts}, ${clients.tell()}`);
    }
    await clients.stop();
    const replaced = server.log().match(/a worker answers/g)!.length - WORKERS;
    return {
      ok: clients.failed === 0 && clients.reads > 0 && clients.writes > 0 && replaced >= restarts * WORKERS,
      result: `${restarts} restarts, ${replaced} workers replaced: ${clients.tell()}`,
      numbers: { restarts, replaced, reads: clients.reads, writes: clients.writes, failures: clients.failures },
    };
  } finally {
    await clients.stop();
    await fleet.stop();
  }
}

/** Resolves when the server has said it so many times. */
async function logged(server: Instance, what: RegExp, times: number): Promise<void> {
  const deadline = Date.now() + RESTART_MS;
  while ((server.log().match(what)?.length ?? 0) < times) {
    if (Date.now() > deadline)
      throw new Error(`The server did not say ${what} ${times} times:\n${server.log().slice(-3_000)}`);
    await wait(50);
  }
}

await asProgram(import.meta.url, ['restarts'], rollingRestarts);
