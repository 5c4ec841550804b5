/** Clients that read. */
import { bodyOf, textOf } from '../../src/cache/body.js';
import type { Loaded, Outcome } from '../../src/cache/cache.js';
import type { Lifetime } from '../../src/cache/entry.js';
import type { Query } from './catalogue.js';
import type { Question } from './checker.js';
import type { Node } from './node.js';
import type { World } from './world.js';

type Body = readonly [key: string, viewer: string | null, ...versions: number[]];

const VIEWERS = ['mira', 'noor'];
const LONGEST_MS = 3_000;
const FRESH_SHARE = 0.01;
const UNCACHED_SHARE = 0.02;

/** @returns how it was answered; null if it failed. */
export async function read(world: World, node: Node, query: Query): Promise<Outcome | null> {
  const { checker, random, tally } = world;
  const viewer = query.isPrivate ? random.pick(VIEWERS) : null;
  const mine = viewer === null ? query.key : `${query.key} of ${viewer}`;
  // Nobody knows at first that the response will look at who asks.
  const key = random.chance(0.5) ? query.key : mine;
  const question = checker.ask(query.cells);
  try {
    const wants = { fresh: random.chance(FRESH_SHARE) };
    const outcome = await node.cache.respond(key, () => load(world, node, query, mine, viewer), wants);
    tally.reads += 1;
    count(world, outcome);
    judge(world, node, { query, question, outcome, viewer });
    return outcome;
  } catch {
    tally.failed += 1;
    return null;
  }
}

async function load(world: World, node: Node, query: Query, key: string, viewer: string | null): Promise<Loaded> {
  const versions: number[] = [];
  for (const cells of query.statements) {
    const values = await select(world, node, cells);
    versions.push(...values);
  }
  const body: Body = [query.key, viewer, ...versions];
  return {
    body: bodyOf(JSON.stringify(body)),
    dependencies: query.dependencies,
    lifetime: world.random.chance(UNCACHED_SHARE) ? null : drawLifetime(world),
    key,
  };
}

/** Reads at a moment between the arrival of the statement and its reply. */
function select({ postgres, random, swarm }: World, { link }: Node, cells: readonly string[]): Promise<number[]> {
  const { slowFillShare, slowFillMs, statementMs } = swarm.traffic;
  const mean = random.chance(slowFillShare) ? slowFillMs : statementMs;
  return link.call<number[]>((reply) => {
    link.later(Math.min(random.wait(mean), LONGEST_MS), () => {
      const values = cells.map((cell) => postgres.tables.cells.get(cell) ?? 0);
      link.later(Math.min(random.wait(mean), LONGEST_MS), () => reply(values));
    });
  });
}

const drawLifetime = ({ random, swarm }: World): Lifetime => ({
  maxAge: random.pick(swarm.traffic.maxAges),
  staleWhileRevalidate: random.pick([0, 0, 5]),
  staleIfError: random.pick([0, 0, 30]),
});

function count({ tally, trace }: World, { status, isJoined }: Outcome): void {
  trace.note(status.length);
  if (status === 'HIT') tally.hits += 1;
  if (status === 'STALE') tally.stale += 1;
  if (isJoined) tally.joined += 1;
}

interface Answered {
  query: Query;
  question: Question;
  outcome: Outcome;
  viewer: string | null;
}

function judge({ checker, trace, tell }: World, node: Node, { query, question, outcome, viewer }: Answered): void {
  const [key, whose, ...versions] = JSON.parse(textOf(outcome.body)) as Body;
  const of = (): string => `${node.machine.name} ${outcome.status} ${outcome.tier ?? ''} "${query.key}"`;
  tell(() => `${of()} ${versions.join(' ')}${outcome.isJoined ? ' joined' : ''} ${JSON.stringify(outcome.reason)}`);
  for (const version of versions) trace.note(version);
  if (key !== query.key || whose !== viewer) {
    checker.complain('strange', `${of()} got "${key}" of ${whose ?? 'all'}`);
    return;
  }
  // Marked as old, because the ledger was out of reach: outside the promise.
  if (outcome.status === 'STALE' && outcome.reason?.kind === 'lapsed') return;
  checker.judge(question, query.cells, versions, of);
}
