/** Time, injected: tests and the simulator bring their own. */
export interface Clock {
  /** Milliseconds that only go forward, from any start. Leases are counted in these. */
  monotonicMs(): number;
  /** Milliseconds since 1970. Never compared between machines for anything but lifetimes. */
  wallMs(): number;
  /** Runs `task` once after `ms`; the function that is returned calls it off. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
