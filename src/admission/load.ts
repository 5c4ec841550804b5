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
const RESOLUTION_MS = 20;

export interface Strain {
  /** 99th percentile of a second. */
  readonly delayMs: number;
  /** 0 to 1. */
  readonly utilisation: number;
}

export class Load {
  readonly #maxInFlight: number;
  #inFlight = 0;
  #isStrained = false;

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether one more is too many. */
  get isFull(): boolean {
    if (this.#inFlight >= this.#maxInFlight) return true;
    return this.#isStrained && this.#inFlight >= LEAST_IN_FLIGHT;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** How the last second was. */
  observe({ delayMs, utilisation }: Strain): void {
    this.#isStrained = delayMs > MAX_DELAY_MS || utilisation > MAX_UTILISATION;
  }
}

/** Tells `load` of each second, until the function that is returned is called. */
export function watchEventLoop(load: Load): () => void {
  const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(last);
    last = performance.eventLoopUtilization();
    load.observe({ delayMs: delay.percentile(99) / 1e6 - RESOLUTION_MS, utilisation: utilization });
    delay.reset();
  }, LOOK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
