/** A supervisor that writes to its first worker when nothing reaches it any more, and for which the system starts no second one at first. */
import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { superviseWorkers } from '../../src/workers.js';

if (cluster.isWorker) createServer().listen(0);
else {
  cluster.once('listening', (worker) => {
    worker.process.disconnect();
    worker.send({});
    cluster.setupPrimary({ cwd: '/a directory that is not there' });
  });
  cluster.once('exit', () => cluster.once('fork', () => cluster.setupPrimary({ cwd: process.cwd() })));
  superviseWorkers(1, pino(), 30_000);
}
