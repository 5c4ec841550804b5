/**
 * Time of the simulated world. Events run one after another in the order of their time; between two of them all promises run to their end, as
 * they do in Node between two callbacks. Nothing waits for real time.
 */
import type { Trace } from './trace.js';

export interface Scheduler {
  /** Milliseconds since the beginning of the world. */
  readonly now: number;
  /** Runs `task` after `ms`; the function that is returned calls it off. */
  after(ms: number, task: () => void): () => void;
  /** Lets the world go on until then. */
  run(until: number): Promise<void>;
}

interface Event {
  readonly at: number;
  /** Those of the same time run in the order in which they were planned. */
  readonly order: number;
  task: (() => void) | null;
}

/** Between two immediates Node drains promises; a batch of them spares turns of the real event loop, which take longer than an event. */
const BATCH = 128;

export function createScheduler(trace: Trace): Scheduler {
  const queue: Event[] = [];
  let now = 0;
  let planned = 0;

  const runNext = (until: number): boolean => {
    const event = queue[0];
    if (!event || event.at > until) return false;
    removeFirst(queue);
    if (!event.task) return true;
    now = event.at;
    trace.note(event.at * 1000);
    event.task();
    return true;
  };

  const runBatch = (until: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      let goesOn = true;
      const step = (): void => {
        try {
          goesOn = goesOn && runNext(until);
        } catch (error) {
          goesOn = false;
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      for (let index = 0; index < BATCH; index += 1) setImmediate(step);
      setImmediate(() => resolve(goesOn));
    });

  return {
    get now() {
      return now;
    },
    after(ms, task) {
      const event: Event = { at: now + Math.max(0, ms), order: (planned += 1), task };
      insert(queue, event);
      return () => {
        event.task = null;
      };
    },
    async run(until) {
      while (await runBatch(until));
      now = until;
    },
  };
}

/* A binary heap: the soonest first. */

const isSooner = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

function insert(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isSooner(event, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = event;
}

function removeFirst(heap: Event[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isSooner(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isSooner(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
}
