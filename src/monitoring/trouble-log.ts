/** What keeps the server from doing what it is asked for has a line in the log: breakers, and requests that are turned away unread, which have none of their own. */
import { ANYBODYS, type ObservedBreaker, type ObservedRefusal, type Observations } from './observation.js';

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

interface Timers {
  /** Calls `task` once. */
  after(ms: number, task: () => void): void;
}

/** A server that has too much to do turns away thousands a second: one line in so long says how many. Milliseconds. */
export const TELL_AGAIN_MS = 30_000;

export function logTroubles(observations: Observations, log: Log, timers: Timers): void {
  observations.on('breaker', breakersTo(log)).on('refused', refusalsTo(log, timers));
}

/** While its server is away a breaker opens again after each try, that of Redis each second: told is the first time. */
function breakersTo(log: Log) {
  const open = new Set<string>();
  return ({ name, state, reason }: ObservedBreaker): void => {
    if (state === 'open' && !open.has(name)) {
      open.add(name);
      const line = { breaker: name, ...(reason !== null && { reason }) };
      const message = 'a breaker has opened: what it guards fails, and is not asked for a while';
      if (name === ANYBODYS) log.info(line, message);
      else log.warn(line, message);
    }
    if (state === 'closed' && open.delete(name)) log.info({ breaker: name }, 'a breaker has closed');
  };
}

/** The first is told at once, and those that come after it together. */
function refusalsTo(log: Log, timers: Timers) {
  const counts = new Map<string, number>();
  let isWaiting = false;
  const tell = (): void => {
    isWaiting = counts.size > 0;
    if (!isWaiting) return;
    log.warn({ turnedAway: Object.fromEntries(counts) }, 'requests are turned away');
    counts.clear();
    timers.after(TELL_AGAIN_MS, tell);
  };
  return ({ kind }: ObservedRefusal): void => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (!isWaiting) tell();
  };
}
