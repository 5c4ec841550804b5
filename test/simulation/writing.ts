/** Clients that write: by a mutation of an instance, or past all of them. */
import { sleep } from '../../src/cache/clock.js';
import type { Announced } from '../../src/cache/instance.js';
import type { Commit } from '../../src/cache/settlement.js';
import type { Write } from './catalogue.js';
import type { Link } from './link.js';
import type { Node } from './node.js';
import type { Transaction } from './postgres.js';
import type { World } from './world.js';

const LONGEST_MS = 4_000;
const ROLLED_BACK_SHARE = 0.05;
/** After so long a server notices that the client of a transaction has gone. Milliseconds. */
const NOTICED_AFTER_MS = 1_500;

/** @returns whether its client was told that it is done. */
export async function mutate(world: World, node: Node, writes: readonly Write[], notify: () => void): Promise<boolean> {
  const { postgres, random, checker, tally } = world;
  const { lineage } = postgres;
  const from = world.scheduler.now;
  const transaction = postgres.begin();
  node.transactions.add(transaction);
  const pause = (ms: number): Promise<void> => sleep(node.machine.clock, ms);
  let announced: Announced | null = null;
  try {
    await writeAll(world, node.link, transaction, { writes, pause });
    const own = await ownChanges(world, node.link, transaction);
    announced = own && node.instance.announce(own);
    const seen = world.airwaves?.busOf(node.machine).isUp ? () => undefined : notify;
    if (random.chance(ROLLED_BACK_SHARE)) return await rollBack(world, node.link, transaction, announced);
    await commit(world, node.link, transaction, seen);
    const committedAt = world.scheduler.now;
    await announced?.settle();
    // What the triggers did not see is known to nobody: it counts as written by others.
    if (!postgres.isUnseen(transaction)) checker.acknowledged(transaction.versions, lineage);
    tally.mutations += 1;
    tally.longestWaitMs = Math.max(tally.longestWaitMs, world.scheduler.now - committedAt);
    world.tell(() => `${node.machine.name} has answered xid ${transaction.xid}, begun at ${from.toFixed(1)}`);
    return true;
  } catch {
    announced?.withdraw();
    giveUp(world, transaction);
    tally.unanswered += 1;
    return false;
  } finally {
    node.transactions.delete(transaction);
  }
}

async function rollBack(
  { postgres }: World,
  link: Link,
  transaction: Transaction,
  announced: Announced | null,
): Promise<false> {
  await link.call<null>((reply) => {
    postgres.rollback(transaction);
    reply(null);
  });
  announced?.withdraw();
  return false;
}

/** psql, a job, another service. */
export async function writeOutside(world: World, writes: readonly Write[], notify: () => void): Promise<void> {
  const { postgres, tally } = world;
  const link = world.linkFrom(null);
  const transaction = postgres.begin();
  const pause = (ms: number) => new Promise<void>((resolve) => void world.scheduler.after(ms, resolve));
  try {
    await writeAll(world, link, transaction, { writes, pause });
    await commit(world, link, transaction, notify);
    tally.outside += 1;
  } catch {
    giveUp(world, transaction);
  }
}

interface Work {
  writes: readonly Write[];
  pause: (ms: number) => Promise<void>;
}

async function writeAll(world: World, link: Link, transaction: Transaction, { writes, pause }: Work): Promise<void> {
  const { postgres, random, swarm } = world;
  const cells = [...new Set(writes.flatMap((write) => write.cells))];
  await link.call<null>((reply) => postgres.lock(transaction, cells, () => reply(null)));
  for (const write of writes) {
    await link.call<null>((reply) => {
      postgres.write(transaction, write);
      reply(null);
    });
    world.tell(() => `xid ${transaction.xid} writes ${write.cells.join(' ')}`);
    if (random.chance(swarm.traffic.longShare)) await pause(Math.min(random.wait(swarm.traffic.longMs), LONGEST_MS));
  }
}

/** What the transaction sees of itself just before its commit. */
const ownChanges = (
  { postgres }: World,
  link: Link,
  { xid, statements, incarnation }: Transaction,
): Promise<Commit | null> =>
  link.call((reply, fail) => {
    const { boot } = postgres.tables;
    if (incarnation !== postgres.incarnation) {
      fail(new Error('The session has ended.'));
      return;
    }
    const epoch = boot?.identity === postgres.identity ? boot.epoch : '';
    reply(statements.length === 0 ? null : { xid: xid!, epoch, changes: statements.flat() });
  });

const commit = (
  { postgres, checker, tell }: World,
  link: Link,
  transaction: Transaction,
  seen: () => void,
): Promise<null> =>
  link.call((reply) =>
    postgres.commit(
      transaction,
      () => {
        tell(() => `xid ${transaction.xid} is visible`);
        checker.committed(transaction.versions);
        seen();
      },
      () => reply(null),
    ),
  );

/** The client has gone; the server finds out. */
export function giveUp({ postgres, scheduler }: World, transaction: Transaction): void {
  scheduler.after(NOTICED_AFTER_MS, () => postgres.rollback(transaction));
}
