/** Whether this process has more to do than it can. Then newcomers are refused at once, so that those who are inside still get their answers. */
import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How long the event loop may be late, at its 99th percentile over a second. Milliseconds. */
const MAX_DELAY_MS = 200;
/** The share of a second in which it may be busy. */
const MAX_UTILISATION = 0.95;
/**
 * With fewer requests inside nobody waits long: at a millisecond of work each, as long as the loop may be late. A process that is busy is not yet strained:
 * at 50, one that 64 clients kept busy refused a quarter of them (npm run bench, 2026-11-25).
 */
const LEAST_IN_FLIGHT = 200;
const LOOK_EVERY_MS = 1_000;
/** Too little to call a process strained for being busy, enough to see whether all wait in line. */
const GLANCE_EVERY_MS = 100;
/**
 * If most were inside for longer, there is a line: what is quick by itself waits for others. CoDel (RFC 8289, 3) looks at the quickest of all, in a line where each
 * waits for those before; here somebody who asks next to nothing passes all others. Milliseconds.
 */
const MAX_INSIDE_MS = 50;
/** It is over when most were quicker than this: with so few inside as there may be then, that takes less than half of them. Milliseconds. */
const SHORT_MS = 20;
/** A line that is seen so often in a row is no burst that will be over in a moment. */
const GLANCES_OF_A_LINE = 3;
/**
 * Then so few may be inside: the 64 connections of the benchmark, of which each waits for its answer, are never refused. With 200, a process that was asked five times what it can do answered half of it in time: newcomers
 * are accepted one in each turn of the loop, so that the line grows outside, unseen, before many are inside. And fewer at once cost less: with 64 in place of 80 it answered 9 % more when asked
 * a little too much, and 8 % more at five times its peak (medians of three, one run after the other, on a core of its own, 2026-11-29).
 */
const LEAST_IN_LINE = 64;
const RESOLUTION_MS = 20;

interface Strain {
  /** 99th percentile of a second. */
  readonly delayMs: number;
  /** 0 to 1. */
  readonly utilisation: number;
}

export class Load {
  readonly #maxInFlight: number;
  #inFlight = 0;
  #isStrained = false;
  /** How often in a row a line was seen. */
  #lines = 0;
  /** Who has left since the last glance: those who were inside for longer than MAX_INSIDE_MS, for longer than SHORT_MS, and all. */
  #long = 0;
  #middling = 0;
  #left = 0;

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
  }

  /** Whether one more is too many. */
  get isFull(): boolean {
    if (this.#inFlight >= this.#maxInFlight) return true;
    if (this.#isInLine && this.#inFlight >= LEAST_IN_LINE) return true;
    return this.#isStrained && this.#inFlight >= LEAST_IN_FLIGHT;
  }

  get #isInLine(): boolean {
    return this.#lines >= GLANCES_OF_A_LINE;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  /** Of one who was inside for so long. */
  leave(insideMs: number): void {
    this.#inFlight -= 1;
    this.#left += 1;
    if (insideMs > MAX_INSIDE_MS) this.#long += 1;
    if (insideMs > SHORT_MS) this.#middling += 1;
  }

  /** How the last second was. */
  observe({ delayMs, utilisation }: Strain): void {
    this.#isStrained = delayMs > MAX_DELAY_MS || utilisation > MAX_UTILISATION;
  }

  /** How busy the loop was since the last one: at five times what it can do, a second is enough for a line of seconds. */
  glance(utilisation: number): void {
    const slow = this.#isInLine ? this.#middling : this.#long;
    const isLine = 2 * slow > this.#left;
    // Nobody has left: of a crowd that waits for one answer nothing can be said before it is there.
    const isSaid = this.#left > 0;
    this.#long = this.#middling = this.#left = 0;
    if (utilisation <= MAX_UTILISATION) this.#lines = 0;
    else if (isSaid) this.#lines = isLine ? this.#lines + 1 : 0;
  }
}

/** Tells `load` of each second, until the function that is returned is called. */
export function watchEventLoop(load: Load): () => void {
  const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const looks = setInterval(
    withUtilisation((utilisation) => {
      load.observe({ delayMs: delay.percentile(99) / 1e6 - RESOLUTION_MS, utilisation });
      delay.reset();
    }),
    LOOK_EVERY_MS,
  ).unref();
  const glances = setInterval(
    withUtilisation((utilisation) => load.glance(utilisation)),
    GLANCE_EVERY_MS,
  ).unref();
  return () => {
    clearInterval(looks);
    clearInterval(glances);
    delay.disable();
  };
}

/** Tells `look` how busy the loop was since the last call. */
function withUtilisation(look: (utilisation: number) => void): () => void {
  let last = performance.eventLoopUtilization();
  return () => {
    const { utilization } = performance.eventLoopUtilization(last);
    last = performance.eventLoopUtilization();
    look(utilization);
  };
}
