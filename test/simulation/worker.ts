/** Runs the seeds that it is sent. The door of the bundle: see campaign.ts. */
import { parentPort } from 'node:worker_threads';
import { type Run, simulate } from './simulate.js';

export interface Order {
  readonly from: number;
  readonly count: number;
  /** Prints what happens. */
  readonly isTold?: boolean | undefined;
}

parentPort!.on('message', ({ from, count, isTold = false }: Order) => {
  void runAll(from, count, isTold).then((runs) => parentPort!.postMessage(runs));
});

async function runAll(from: number, count: number, isTold: boolean): Promise<Run[]> {
  const runs: Run[] = [];
  for (let seed = from; seed < from + count; seed += 1) runs.push(await simulate(seed, isTold ? console.log : null));
  return runs;
}
