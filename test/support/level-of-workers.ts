/** A first process that is told by SIGUSR2 to have debug lines, with a worker. One that is killed is replaced. */
import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { changeLevelBySignal } from '../../src/platform/log-level.js';
import { superviseWorkers } from '../../src/workers.js';

const usual = process.argv[2]!;
const logger = pino({ level: usual });
changeLevelBySignal(logger, usual);
if (cluster.isWorker) createServer().listen(0);
else superviseWorkers(1, logger, 1_000);
