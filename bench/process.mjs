/* A server in a process of its own, on a core of its own, and what it has cost so far. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** The load comes from the other one. */
export const SERVER_CORE = '0';
export const LOAD_CORE = '1';

/** Those of `npm start`, for everybody: a larger young generation spares peers as much garbage as us. */
const NODE_OPTIONS = ['--max-semi-space-size=32', '--enable-source-maps'];

/** Starts `node file`; resolves when it has said where it answers. */
export async function start(file, env = {}) {
  const command = ['-c', SERVER_CORE, process.execPath, ...NODE_OPTIONS, file];
  const child = spawn('taskset', command, {
    env: { ...process.env, NODE_ENV: 'production', RATE_LIMIT_PER_MINUTE: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${output}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [found] = /http:\/\/[\w.:]+\/graphql/.exec(output) ?? [];
      if (found) resolve(found);
    });
  });
  return {
    url,
    pid: child.pid,
    cpuMicroseconds: () => cpuMicroseconds(child.pid),
    /** How often it has executed a query so far, as servers/executions.mjs counts. */
    async executions() {
      child.send('how often?');
      const [count] = await once(child, 'message');
      return count;
    },
    async stop() {
      child.removeAllListeners('exit');
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Moves all threads of a process that runs to a core. */
export const pin = (pid, core) => execFileSync('taskset', ['-acp', core, String(pid)], { stdio: 'ignore' });

/** Of all its threads, as the scheduler of Linux counts it, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
export function cpuMicroseconds(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return nanoseconds / 1_000;
}

/** What it holds of the machine's memory, in bytes. */
export function residentBytes(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) * 1024;
}
