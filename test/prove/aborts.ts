/**
 * Clients that go away, at every stage of a request and in every manner, beside one that stays. The server may lose nothing over it: neither its life nor an answer to
 * who stays, nor sockets, places or memory. `tsx test/prove/aborts.ts --ci`, `--clients 5000`
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createAgent } from '../support/marketplace.js';
import { MANNERS, STAGES, depart } from './aborts/departures.js';
import { countPlaces } from './aborts/places.js';
import { brokenBuild } from './broken-builds.js';
import { type Bystander, failuresIn, startBystander } from './fleet/bystander.js';
import { type Instance, startFleet } from './fleet/fleet.js';
import { bodyOf, createHttpClient, isUp } from './fleet/http-client.js';
import { isAlive, openFiles, residentBytes } from './fleet/process-figures.js';
import { type Arguments, type Say, type Verdict, asProgram, wholeNumber } from './verdict.js';

const CLIENTS = { ci: 2_000, release: 100_000 };
const AT_ONCE = 32;
const EVERY_MS = 10;
const PLACES = 150;
/** Connections to the database, which come and go by themselves. */
const POOL = 10;
/** How often it is looked whether connections of who has gone are closed, how long at most, and how long nothing may change. */
const LOOK_MS = 250;
const QUIET_LOOKS = 80;
const SAME_LOOKS = 4;
/** So many of the clients come first, for whatever happens once only. */
const WARM = 0.1;
/** The rest comes in so many parts, after each of which memory is looked at. */
const PARTS = 20;
/** What the second half of them may add to the memory that the first half took. In CI there are too few for a server to have settled. */
const MORE_MEMORY = { ci: 1.5, release: 1.1 };
/** More than the buffers of a connection hold at first, so that most of it is unread when a client goes. */
const LARGE = 'long '.repeat(30_000);

const HIT = bodyOf('{ agent(slug: "large") { description } }').toString();
const MISS = 'query ($other: String!) { agent(slug: "large") { description } other: agent(slug: $other) { slug } }';

export async function aborts({ size, options }: Arguments, say: Say): Promise<Verdict> {
  const clients = wholeNumber(options.clients, CLIENTS[size]);
  const fleet = await startFleet({
    isDirect: true,
    instances: 1,
    redis: false,
    env: { MAX_IN_FLIGHT: String(PLACES) },
    broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
    populate: async (prisma) => {
      await createAgent(prisma, { slug: 'one' });
      await createAgent(prisma, { slug: 'large', description: LARGE });
    },
  });
  const [server] = fleet.instances as [Instance];
  const pid = server.pid!;
  const bystander = startBystander({ url: server.url, slug: 'one', everyMs: EVERY_MS });
  const crowd = new Crowd(Number(new URL(server.url).port), bystander);
  /** What it has, when nobody is there. */
  const look = async (): Promise<Figures> => {
    if (!(await isUp(server.url))) return { files: 0, places: 0 };
    const client = createHttpClient(server.url, PLACES * 2);
    const places = await countPlaces(client, fleet.databaseUrl, PLACES);
    client.close();
    return { places, files: await filesWhenQuiet(pid) };
  };
  try {
    const warm = Math.ceil(clients * WARM);
    await crowd.pass(warm);
    const before = await look();
    const bytes: number[] = [];
    for (let part = 1; part <= PARTS && isAlive(pid); part += 1) {
      await crowd.pass(Math.round(((clients - warm) * part) / PARTS) + warm - crowd.passed);
      bytes.push(residentBytes(pid));
      say(`aborts: ${crowd.passed} of ${clients}, ${crowd.kept} kept, ${megabytes(bytes.at(-1)!)}`);
    }
    const lives = await isUp(server.url);
    const after = await look();
    const half = PARTS >> 1;
    const memory = { first: Math.max(...bytes.slice(0, half)), second: Math.max(...bytes.slice(half)) };
    const seen = await bystander.stop();
    const failures = failuresIn(seen);
    return {
      ok:
        lives &&
        failures === 0 &&
        crowd.kept === 0 &&
        after.files <= before.files + POOL &&
        before.places === PLACES &&
        after.places === PLACES &&
        memory.second <= MORE_MEMORY[size] * memory.first,
      result:
        `${crowd.passed} clients went, ${crowd.kept} connections kept, ${lives ? 'no crash' : 'a crash'}, ${failures} of ${seen[BESIDE]!.asked} answers to others failed; ` +
        `${before.files} files open before, ${after.files} after; ${before.places} places, ${after.places}; memory at most ${megabytes(memory.first)} in the first half, ${megabytes(memory.second)} in the second`,
      numbers: { clients, before, after, memory, bytes, seen, byStage: crowd.byStage },
    };
  } finally {
    await bystander.stop();
    await fleet.stop();
  }
}

const BESIDE = 'beside';

interface Figures {
  files: number;
  places: number;
}

/** Everybody who goes away, one after the other in some lanes, while somebody stays. */
class Crowd {
  passed = 0;
  /** Connections that the server did not close. */
  kept = 0;
  readonly byStage: Record<string, number> = {};

  constructor(
    private readonly port: number,
    private readonly bystander: Bystander,
  ) {}

  async pass(count: number): Promise<void> {
    this.bystander.begin(BESIDE);
    const until = this.passed + count;
    const lane = async () => {
      while (this.passed < until) await this.#one((this.passed += 1));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await this.bystander.rest();
  }

  /** Each stage in each manner, with what is cached and what is not. */
  async #one(number: number): Promise<void> {
    const stage = STAGES[number % STAGES.length]!;
    const turn = Math.floor(number / STAGES.length);
    const manner = MANNERS[turn % MANNERS.length]!;
    const isHit = Math.floor(turn / MANNERS.length) % 2 === 0;
    const body = isHit ? HIT : bodyOf(MISS, { other: `nobody-${number}` }).toString();
    this.byStage[stage] = (this.byStage[stage] ?? 0) + 1;
    if ((await depart({ port: this.port, stage, manner, body })) === 'kept') this.kept += 1;
  }
}

/** When it has not changed for a while, or for all the time that those who have gone have. */
async function filesWhenQuiet(pid: number): Promise<number> {
  let last = openFiles(pid);
  for (let [left, same] = [QUIET_LOOKS, 0]; left > 0 && same < SAME_LOOKS; left -= 1) {
    await wait(LOOK_MS);
    const now = openFiles(pid);
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

await asProgram(import.meta.url, ['clients', 'broken'], aborts);
