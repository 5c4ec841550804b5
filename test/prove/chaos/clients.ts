/** Starts the process of the clients, and hears what it tells. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Plan } from './load.js';
import type { FromLoad, ToLoad } from './load-process.js';
import type { Incident, Totals } from './totals.js';

export interface Clients {
  /** What they have seen so far, not older than a second. */
  readonly totals: Totals | null;
  /** From now on times are counted apart. */
  beginPhase(name: string): void;
  /** From now on they read so often, all together. A second. */
  keepTo(rate: number): void;
  /** Ends the load, and checks everything once more. */
  stop(): Promise<Totals>;
  kill(): void;
}

export function startClients(plan: Plan, onIncident: (incident: Incident) => void): Clients {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH ?? '' },
  });
  let totals: Totals | null = null;
  const end = new Promise<Totals>((resolve, reject) => {
    child.on('message', (message: FromLoad) => {
      if ('incident' in message) {
        onIncident(message.incident);
        return;
      }
      totals = 'end' in message ? message.end : message.totals;
      if ('end' in message) resolve(message.end);
    });
    child.once('exit', (code) => reject(new Error(`The clients ended with ${code}, before they were told to.`)));
  });
  end.catch(() => undefined);
  const tell = (message: ToLoad): void => void child.send(message);
  tell({ begin: plan });
  return {
    get totals() {
      return totals;
    },
    beginPhase: (phase) => tell({ phase }),
    keepTo: (rate) => tell({ rate }),
    stop() {
      tell({ stop: true });
      return end;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
