/**
 * A client that does nothing wrong, beside others that do: asks at a steady pace, by turns, what is in the cache and what nobody has asked before. What the
 * others cost, it pays.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Percentiles, createHistogram } from '../chaos/totals.js';
import { bodyOf, createHttpClient, failureOf } from './http-client.js';

export interface BystanderOptions {
  url: string;
  /** Of an agent that there is. */
  slug: string;
  /** Asks so often, whether or not answers come. Milliseconds. */
  everyMs: number;
}

export interface Seen {
  asked: number;
  hits: number;
  /** How many, by what went wrong. */
  failures: Record<string, number>;
  /** From when it was sent until all of the answer was there. */
  ms: Percentiles;
}

export interface Bystander {
  /** What is asked from now on is counted under this name. One that was used before is gone on with. */
  begin(phase: string): void;
  /** Asks nothing until a phase begins. Resolves when nothing is left unanswered, without a connection, with how many it has asked since the last began. */
  rest(): Promise<number>;
  stop(): Promise<Readonly<Record<string, Seen>>>;
}

const CONNECTIONS = 16;
const TIMEOUT_MS = 20_000;
const QUERY =
  'query ($slug: String!, $other: String!) { agent(slug: $slug) { slug } other: agent(slug: $other) { slug } }';

export function startBystander({ url, slug, everyMs }: BystanderOptions): Bystander {
  const client = createHttpClient(url, CONNECTIONS);
  const phases = new Map<string, Tally>();
  const open = new Set<Promise<void>>();
  const right = JSON.stringify({ data: { agent: { slug }, other: null } });
  let current: Tally | null = null;
  let asked = 0;
  let isOver = false;

  async function ask(turn: number, tally: Tally): Promise<void> {
    const other = turn % 2 === 0 ? 'nobody' : `nobody-${turn}`;
    const sentAt = performance.now();
    const reply = await client
      .post(bodyOf(QUERY, { slug, other }), null, TIMEOUT_MS)
      .catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error));
    const ms = performance.now() - sentAt;
    if (typeof reply === 'string') tally.add(ms, reply, false);
    else tally.add(ms, failureOf(reply) ?? (reply.body === right ? null : 'a wrong answer'), reply.cache === 'HIT');
  }

  async function askOnAndOn(): Promise<void> {
    let dueAt = performance.now();
    for (let turn = 0; !isOver; turn += 1) {
      // One that is late asks no faster afterwards.
      dueAt = Math.max(dueAt + everyMs, performance.now());
      await wait(dueAt - performance.now());
      if (!current) continue;
      asked += 1;
      const one = ask(turn, current).finally(() => open.delete(one));
      open.add(one);
    }
  }
  const asking = askOnAndOn();

  async function rest(): Promise<number> {
    current = null;
    await Promise.all(open);
    client.close();
    return asked;
  }

  return {
    rest,
    begin(phase) {
      current = phases.get(phase) ?? createTally();
      phases.set(phase, current);
      asked = 0;
    },
    async stop() {
      isOver = true;
      await asking;
      await rest();
      return Object.fromEntries([...phases].map(([name, tally]) => [name, tally.seen()]));
    },
  };
}

type Tally = ReturnType<typeof createTally>;

function createTally() {
  const times = createHistogram();
  const failures: Record<string, number> = {};
  let [asked, hits] = [0, 0];
  return {
    add(ms: number, failure: string | null, isHit: boolean) {
      asked += 1;
      if (isHit) hits += 1;
      if (failure !== null) failures[failure] = (failures[failure] ?? 0) + 1;
      times.add(ms);
    },
    seen: (): Seen => ({ asked, hits, failures, ms: times.percentiles() }),
  };
}

export const failuresIn = (seen: Readonly<Record<string, Seen>>): number =>
  Object.values(seen).reduce(
    (sum, { failures }) => sum + Object.values(failures).reduce((all, one) => all + one, 0),
    0,
  );
