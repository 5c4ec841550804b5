/** Starts the process of the slow clients, and has them come and go. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cut, FromDribblers, ToDribblers } from './dribbler-process.js';
import type { KindName } from './kinds.js';

export interface Dribblers {
  /** As they were half a second ago. */
  readonly cuts: readonly Cut[];
  /** Resolves when all are connected. */
  open(port: number, count: number, kinds: readonly KindName[]): Promise<void>;
  /** They go. @returns what had become of each until then. */
  close(): Promise<readonly Cut[]>;
  kill(): void;
}

export function startDribblers(): Dribblers {
  const child = fork(fileURLToPath(new URL('dribbler-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH ?? '' },
  });
  let cuts: readonly Cut[] = [];
  child.on('message', (message: FromDribblers) => {
    if ('cuts' in message) cuts = message.cuts;
  });
  /** Tells it `what`, and resolves with what `take` finds in its answer. */
  const ask = <T>(what: ToDribblers, take: (message: FromDribblers) => T | null) =>
    new Promise<T>((resolve, reject) => {
      const listen = (message: FromDribblers) => {
        const taken = take(message);
        if (taken === null) return;
        child.off('message', listen).off('exit', fail);
        resolve(taken);
      };
      const fail = (code: number | null) => reject(new Error(`The slow clients ended with ${code}.`));
      child.on('message', listen).once('exit', fail);
      child.send(what);
    });
  return {
    get cuts() {
      return cuts;
    },
    async open(port, count, kinds) {
      await ask({ open: { port, count, kinds } }, (message) => ('opened' in message ? message.opened : null));
    },
    close: () => ask({ close: true }, (message) => ('closed' in message ? message.closed : null)),
    kill: () => void child.kill('SIGKILL'),
  };
}
