/** A Node process of our own that a test talks to. It ends with the test process: its standard input does. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Child {
  pid: number;
  /** Resolves with the output so far once it matches; rejects if the process ends before. */
  says(what: RegExp): Promise<string>;
  /** Resolves when the process has ended. */
  ended: Promise<{ code: number | null; output: string }>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs a TypeScript file of ours, named from the root of the project. */
export function startChild(
  file: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  /** As whom it runs, if not as us. */
  user: { uid?: number; gid?: number } = {},
): Child {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    // Nothing of the tests' own environment, which would decide what they see.
    env: { PATH, HOME, ...env },
    ...user,
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      listeners.forEach((listen) => listen());
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });

  return {
    pid: child.pid ?? 0,
    ended,
    says: (what) =>
      new Promise((resolve, reject) => {
        const listen = () => {
          if (!what.test(output)) return;
          listeners.delete(listen);
          resolve(output);
        };
        listeners.add(listen);
        listen();
        void ended.then(() => reject(new Error(`It ended without saying ${what}:\n${output}`)));
      }),
    kill: (signal) => child.kill(signal),
  };
}
