/** A clock that stands until it is told to go on. */
import type { Clock } from '../../src/cache/clock.js';

export interface HandClock extends Clock {
  /** Moves on by `ms`, and runs what is due on the way, in order. */
  advance(ms: number): void;
}

export function createHandClock(startMs = 1_000_000): HandClock {
  let now = startMs;
  const timers = new Set<{ at: number; task: () => void }>();

  function nextUntil(end: number) {
    const due = [...timers].filter(({ at }) => at <= end);
    return due.reduce<(typeof due)[number] | null>(
      (first, timer) => (first && first.at <= timer.at ? first : timer),
      null,
    );
  }

  return {
    monotonicMs: () => now,
    wallMs: () => now,
    after(ms, task) {
      const timer = { at: now + ms, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const end = now + ms;
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.task();
      }
      now = end;
    },
  };
}
