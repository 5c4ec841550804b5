/** What carries messages between the simulated instances: it loses, doubles, delays, repeats and forges them, and is down at times. */
import type { Bus } from '../../src/cache/bus.js';
import type { Machine } from './machine.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

export interface Airwaves {
  busOf(machine: Machine): Bus;
  /** Nothing arrives meanwhile. Whether instances are told so is chance. */
  goDown(ms: number): void;
  cut(machine: Machine, ms: number): void;
  /** Something that was heard before is sent once more, to everyone. */
  repeat(): void;
  /** Something that nobody of us has sent. */
  forge(): void;
}

export interface Reception {
  /** One way, mean. Milliseconds. */
  latencyMs: number;
  slowShare: number;
  slowMs: number;
  loss: number;
  doubles: number;
}

interface Subscriber {
  readonly machine: Machine;
  readonly member: string;
  readonly receive: (message: Uint8Array) => void;
}

/** No message takes longer. */
const LONGEST_MS = 3_000;
const HEARD_AT_MOST = 400;

export function createAirwaves(scheduler: Scheduler, random: Random, reception: Reception): Airwaves {
  const subscribers = new Set<Subscriber>();
  const heard: Uint8Array[] = [];
  const cutUntil = new Map<Machine, number>();
  let downUntil = -1;
  let isDownTold = false;

  const reaches = (machine: Machine): boolean =>
    scheduler.now >= downUntil && scheduler.now >= (cutUntil.get(machine) ?? -1);

  const carry = (message: Uint8Array, { machine, receive }: Subscriber, subscriber: Subscriber): void => {
    const late =
      random.wait(reception.latencyMs) +
      (random.chance(reception.slowShare) ? Math.min(random.wait(reception.slowMs), LONGEST_MS) : 0);
    scheduler.after(late, () => {
      if (reaches(machine) && subscribers.has(subscriber)) machine.deliver(() => receive(message));
    });
  };

  const send = (message: Uint8Array, to: Iterable<Subscriber>): void => {
    heard.push(message);
    if (heard.length > HEARD_AT_MOST) heard.splice(0, HEARD_AT_MOST / 2);
    for (const subscriber of to) {
      if (random.chance(reception.loss)) continue;
      carry(message, subscriber, subscriber);
      if (random.chance(reception.doubles)) carry(message, subscriber, subscriber);
    }
  };

  const others = (machine: Machine): Subscriber[] =>
    [...subscribers].filter((subscriber) => subscriber.machine !== machine);

  return {
    busOf: (machine) => ({
      publish(message) {
        if (reaches(machine)) send(message, others(machine));
      },
      send(member, message) {
        if (reaches(machine))
          send(
            message,
            [...subscribers].filter((subscriber) => subscriber.member === member),
          );
      },
      subscribe(member, receive) {
        const subscriber = { machine, member, receive };
        subscribers.add(subscriber);
        return () => subscribers.delete(subscriber);
      },
      get isUp() {
        return !isDownTold || reaches(machine);
      },
    }),
    goDown(ms) {
      downUntil = scheduler.now + ms;
      isDownTold = random.chance(0.5);
    },
    cut: (machine, ms) => void cutUntil.set(machine, scheduler.now + ms),
    repeat() {
      if (heard.length > 0) send(random.pick(heard), subscribers);
    },
    forge() {
      if (heard.length > 0) for (const forged of forgeries(heard, subscribers, random)) send(forged, subscribers);
    },
  };
}

const MAC_BYTES = 32;

/**
 * What somebody who can read and write the bus, but does not know the key, would try: the newest write is acknowledged in the name of
 * every member. The seal in front is one that was heard.
 */
function forgeries(heard: readonly Uint8Array[], members: Iterable<Subscriber>, random: Random): Uint8Array[] {
  const newest = heard
    .slice(-5)
    .map(readable)
    .findLast((message) => message?.kind === 'event');
  if (!newest) return [];
  const mac = random.pick(heard).subarray(0, MAC_BYTES);
  return [...members].map(({ member }) => {
    const ack = { kind: 'ack', epoch: newest.epoch, from: member, xid: newest.xid };
    return Buffer.concat([mac, Buffer.from(JSON.stringify(ack))]);
  });
}

function readable(message: Uint8Array): { kind: string; epoch: string; xid: number } | null {
  try {
    return JSON.parse(Buffer.from(message.subarray(MAC_BYTES)).toString('utf8'));
  } catch {
    return null;
  }
}
