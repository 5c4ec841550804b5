/**
 * A process and the clocks of its machine. All that comes to the process (replies, messages, timers, requests) passes through here, so that a
 * pause holds up all of it while the clocks go on, and nothing of a killed process runs any more.
 */
import type { Clock } from '../../src/cache/clock.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

export interface Machine {
  readonly name: string;
  readonly clock: Clock;
  readonly isAlive: boolean;
  readonly isPaused: boolean;
  /** Runs `task` in the process: now, or when it goes on; never if it has ended. */
  deliver(task: () => void): void;
  /** SIGSTOP, a collection of garbage, a starved processor. */
  pause(ms: number): void;
  /** A closed laptop, a frozen virtual machine: the monotonic clock stands still as well, the other goes on. */
  suspend(ms: number): void;
  /** Somebody sets the clock. */
  stepWall(ms: number): void;
  kill(): void;
}

interface Parts {
  name: string;
  scheduler: Scheduler;
  random: Random;
  /** By how much the clocks are too fast: 1 is right. */
  rate: number;
}

interface Waiting {
  task: () => void;
  isTimer: boolean;
}

/** Between two things that a process does after it was held up. Milliseconds. */
const STEP_MS = 0.01;
const TIMER_LATE_MS = 1.2;

export function createMachine({ name, scheduler, random, rate }: Parts): Machine {
  const monotonicFrom = random.between(0, 1e6);
  const wallFrom = 1.7e12 + random.between(-1e4, 1e4);
  let wallSteps = 0;
  let frozenMs = 0;
  let isAlive = true;
  let pausedUntil = -1;
  let waiting: Waiting[] = [];

  const monotonicMs = (): number => monotonicFrom + (scheduler.now - frozenMs) * rate;

  const enter = (task: () => void, isTimer: boolean): void => {
    if (!isAlive) return;
    if (scheduler.now < pausedUntil) waiting.push({ task, isTimer });
    else task();
  };

  const goOn = (): void => {
    if (scheduler.now < pausedUntil) return;
    const timersFirst = random.chance(0.5);
    const held = waiting;
    waiting = [];
    const order = [...held.filter(({ isTimer }) => isTimer === timersFirst)].concat(
      held.filter(({ isTimer }) => isTimer !== timersFirst),
    );
    order.forEach(({ task, isTimer }, index) => scheduler.after(index * STEP_MS, () => enter(task, isTimer)));
  };

  const pause = (ms: number): void => {
    pausedUntil = Math.max(pausedUntil, scheduler.now + ms);
    scheduler.after(pausedUntil - scheduler.now, goOn);
  };

  const after = (ms: number, task: () => void): (() => void) => {
    const due = monotonicMs() + ms;
    let isOff = false;
    const fire = (): void => {
      const early = due - monotonicMs();
      // The clock stood still for a while.
      if (early > 0.001) scheduler.after(early / rate, fire);
      else
        enter(() => {
          if (!isOff) task();
        }, true);
    };
    const cancel = scheduler.after(ms / rate + random.next() * TIMER_LATE_MS, fire);
    return () => {
      isOff = true;
      cancel();
    };
  };

  return {
    name,
    clock: { monotonicMs, wallMs: () => wallFrom + scheduler.now * rate + wallSteps, after },
    get isAlive() {
      return isAlive;
    },
    get isPaused() {
      return scheduler.now < pausedUntil;
    },
    deliver: (task) => enter(task, false),
    pause,
    suspend(ms) {
      if (scheduler.now < pausedUntil) return;
      pause(ms);
      // Nobody looks at it meanwhile.
      frozenMs += ms;
    },
    stepWall: (ms) => (wallSteps += ms),
    kill() {
      isAlive = false;
      waiting = [];
    },
  };
}
