/** The network between one machine and PostgreSQL: late, cut, with replies that are lost after the work was done. */
import type { Machine } from './machine.js';
import type { Postgres } from './postgres.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

export interface Link {
  /** Sends a statement. `work` runs at the server when it has arrived, and answers when it likes. */
  call<T>(work: (reply: (value: T) => void, fail: (error: Error) => void) => void): Promise<T>;
  /** Runs at the server after about that long; not if its sessions were cut meanwhile. */
  later(ms: number, task: () => void): void;
  cut(ms: number): void;
}

export interface Network {
  /** One way, mean. Milliseconds. */
  latencyMs: number;
  /** How often a packet takes long, and how long then, on average. */
  slowShare: number;
  slowMs: number;
  /** How often the reply is lost though the work was done. */
  lossOfReplies: number;
  /** After so long a client gives up. */
  patienceMs: number;
}

/** No packet takes longer. */
const LONGEST_MS = 3_000;

export function createLink(
  machine: Machine | null,
  postgres: Postgres,
  network: Network,
  { scheduler, random }: { scheduler: Scheduler; random: Random },
): Link {
  let cutUntil = -1;
  const isCut = (): boolean => scheduler.now < cutUntil;
  const delay = (): number =>
    random.wait(network.latencyMs) +
    (random.chance(network.slowShare) ? Math.min(random.wait(network.slowMs), LONGEST_MS) : 0);
  const deliver = (task: () => void): void => (machine ? machine.deliver(task) : task());

  return {
    cut: (ms) => (cutUntil = Math.max(cutUntil, scheduler.now + ms)),
    later(ms, task) {
      const { incarnation } = postgres;
      scheduler.after(ms, () => {
        if (postgres.incarnation === incarnation) task();
      });
    },
    call: <T>(work: (reply: (value: T) => void, fail: (error: Error) => void) => void) =>
      new Promise<T>((resolve, reject) => {
        const giveUp = scheduler.after(network.patienceMs, () => deliver(() => reject(new Error('No reply.'))));
        const fail = (error: Error): void => {
          giveUp();
          scheduler.after(delay(), () => deliver(() => reject(error)));
        };
        const arrive = (): void => {
          if (isCut()) return;
          if (!postgres.isUp) {
            fail(new Error('The database is away.'));
            return;
          }
          const { incarnation } = postgres;
          const reply = (value: T): void => {
            if (isCut()) return;
            if (postgres.incarnation !== incarnation || random.chance(network.lossOfReplies)) {
              fail(new Error('The connection ended.'));
              return;
            }
            giveUp();
            scheduler.after(delay(), () => deliver(() => resolve(value)));
          };
          work(reply, fail);
        };
        if (!isCut()) scheduler.after(delay(), arrive);
      }),
  };
}
