/* A server in a process of its own, and what it has cost so far. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ), on every architecture that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/** Starts `node file`; resolves when it has said where it answers. */
export async function start(file, env) {
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
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
    cpuMicroseconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
    },
    async stop() {
      child.removeAllListeners('exit');
      child.kill();
      await once(child, 'exit');
    },
  };
}
