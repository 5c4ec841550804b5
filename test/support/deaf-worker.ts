/** A supervisor whose worker does not end when it is told to. */
import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { superviseWorkers } from '../../src/workers.js';

if (cluster.isWorker) {
  process.on('SIGTERM', () => undefined);
  createServer().listen(0);
} else superviseWorkers(1, pino(), 300);
