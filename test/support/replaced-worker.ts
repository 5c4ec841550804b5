/**
 * A supervisor that is told to stop while the worker that it has replaced answers a last request, and to restart after that. The other worker ends when the
 * one that the argument names, `old` or `new`, has ended.
 */
import cluster, { type Worker } from 'node:cluster';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { superviseWorkers } from '../../src/workers.js';

if (cluster.isPrimary) supervise();
else work();

function supervise(): void {
  const workers: Worker[] = [];
  const isOld = (worker: Worker) => worker === workers[0];
  cluster.on('fork', (worker) => {
    workers.push(worker);
    console.log('a worker is started');
  });
  cluster.once('listening', () => process.kill(process.pid, 'SIGHUP'));
  cluster.on('message', (worker, message) => {
    if (message !== 'told to end') return;
    if (isOld(worker)) {
      process.kill(process.pid, 'SIGTERM');
      return;
    }
    process.kill(process.pid, 'SIGHUP');
    workers[process.argv[2] === 'old' ? 0 : 1]!.send('end');
  });
  // Later, so that a supervisor that does not wait for the other one is gone by then.
  cluster.once('exit', (worker) => setImmediate(() => workers[isOld(worker) ? 1 : 0]!.send('end')));
  superviseWorkers(1, pino(), 30_000);
}

function work(): void {
  process.on('SIGTERM', () => process.send!('told to end'));
  process.on('message', (message) => {
    if (message !== 'end') return;
    console.log('a worker has answered its last request');
    process.exit();
  });
  createServer().listen(0);
}
