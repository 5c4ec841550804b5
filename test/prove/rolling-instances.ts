/**
 * Two instances behind a balancer are stopped and started in turns (SIGTERM), as a deployment does, while clients read and write without pause. No request may fail.
 * `tsx test/prove/rolling-instances.ts --restarts 10 [--broken 'ends at once']`
 */
import { brokenBuild } from './broken-builds.js';
import { startBalancer } from './fleet/balancer.js';
import { Clients, makeAgents } from './fleet/clients.js';
import { startFleet } from './fleet/fleet.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const RESTARTS = { ci: 4, release: 50 };
const INSTANCES = 2;

export async function rollingInstances({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const restarts = wholeNumber(options.restarts, RESTARTS[size]);
  const fleet = await startFleet({
    isDirect: true,
    instances: INSTANCES,
    redis: true,
    // Four times what it is if nobody sets it: the balancer and all clients are one process here, which may be held up.
    env: { READY_LINGER_SECONDS: '2' },
    populate: makeAgents,
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
  });
  const urls = fleet.instances.map(({ url }) => url);
  const balancer = await startBalancer(urls);
  const clients = new Clients(balancer.url);
  try {
    for (const url of urls) await balancer.sendsTo(url);
    await clients.start();
    for (let restart = 1; restart <= restarts; restart += 1) {
      const instance = fleet.instances[restart % INSTANCES]!;
      await instance.end('SIGTERM');
      await instance.start();
      await balancer.sendsTo(instance.url);
      say(`rolling-instances: ${restart} of ${restarts}, ${clients.tell()}`);
    }
    await clients.stop();
    return {
      ok: clients.failed === 0 && clients.reads > 0 && clients.writes > 0,
      result: `${restarts} restarts: ${clients.tell()}`,
      numbers: { restarts, reads: clients.reads, writes: clients.writes, failures: clients.failures },
    };
  } finally {
    await clients.stop();
    await balancer.close();
    await fleet.stop();
  }
}

await asProgram(import.meta.url, ['restarts', 'broken'], rollingInstances);
