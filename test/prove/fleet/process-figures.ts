/** What Linux says of a process (proc(5)). Read from outside, so that it costs the process nothing. */
import { readFileSync, readdirSync } from 'node:fs';

/** Memory that it holds, and shares with nobody or with others. Bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`Process ${pid} has ended.`);
  return Number(kilobytes) * 1_024;
}

/** Files, sockets and the like that it has open. */
export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Of all its threads, as the scheduler counts it, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
export function cpuMicroseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended meanwhile.
      return 0;
    }
  });
  return threads.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1_000;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
