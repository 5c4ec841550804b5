/**
 * Several processes on one port, each an instance of the fleet. This one only keeps them running: one that dies is replaced, SIGTERM and SIGINT stop all of
 * them in order, and SIGHUP replaces one after the other, so that there are never fewer than were asked for.
 */
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { gatherMetrics } from './monitoring/metrics/of-all-workers.js';

/** Before one that died is replaced: doubled each time, so that one that cannot start does not take all the machine has. Milliseconds. */
const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 30_000;
/** Whoever has served for so long has started well. */
const STARTED_WELL_MS = 10_000;

/** One that replaces another and has not started by then is told of, and again after as long. Milliseconds. */
const SLOW_START_MS = 60_000;

/** Not `once` of node:events, which fails at a message that did not arrive. */
const happens = (worker: Worker, what: 'listening' | 'exit') =>
  new Promise<void>((resolve) => void worker.once(what, () => resolve()));

/** Whether it answers; false once it has ended before. However long that takes: it may wait for a database that comes back. */
export async function hasStarted(worker: Worker, logger: Logger): Promise<boolean> {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    logger.warn(
      { worker: worker.process.pid, seconds },
      'the new worker does not answer yet, so no other one is replaced: its own lines tell what it waits for',
    );
  }, SLOW_START_MS);
  const isThere = await Promise.race([
    happens(worker, 'listening').then(() => true),
    happens(worker, 'exit').then(() => false),
  ]);
  clearInterval(timer);
  return isThere;
}

/** @param killAfterMs a worker that was told to end and has not by then hangs, and is killed. */
export function superviseWorkers(count: number, logger: Logger, killAfterMs: number): void {
  const workers = new Set<Worker>();
  /** Of those that are in `workers` no more, and have requests to answer still. */
  const retirements = new Set<Promise<void>>();
  let isStopping = false;
  /** Before any has, there is nothing to keep up: what keeps them from starting has been told. */
  let hasAnswered = false;
  let pauseMs = FIRST_PAUSE_MS;
  /** The restart under way; those that are asked for meanwhile follow. */
  let restarting = Promise.resolve();

  const add = (): Worker => {
    let answersSince = Infinity;
    const worker = cluster.fork();
    workers.add(worker);
    worker.once('listening', () => {
      hasAnswered = true;
      answersSince = Date.now();
      logger.info({ worker: worker.process.pid }, 'a worker answers');
    });
    worker.on('error', (error) => {
      logger.warn({ worker: worker.process.pid, err: error }, 'a worker was not reached');
      // The system has started none, and Node tells no exit of it.
      if (worker.process.pid === undefined) worker.emit('exit', 1, null);
    });
    worker.once('exit', (code, signal) => {
      const wasWanted = workers.delete(worker);
      if (isStopping || !wasWanted) return;
      if (!hasAnswered) {
        logger.error({ code, signal }, 'no worker could start');
        void stop('SIGTERM', 1);
        return;
      }
      if (Date.now() - answersSince > STARTED_WELL_MS) pauseMs = FIRST_PAUSE_MS;
      logger.error(
        { worker: worker.process.pid, code, signal, pauseMs },
        'a worker ended by itself; another one takes its place',
      );
      void replaceLater();
    });
    return worker;
  };

  const replaceLater = async (): Promise<void> => {
    const ms = pauseMs;
    pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    await wait(ms);
    // One that was to replace another and did not start has its place taken still.
    if (!isStopping && workers.size < count) add();
  };

  /** In order: its requests end first, if it can hear us. Resolves when it has ended. */
  const retire = (worker: Worker): Promise<void> => {
    workers.delete(worker);
    const retirement = end(worker).finally(() => retirements.delete(retirement));
    retirements.add(retirement);
    return retirement;
  };

  const end = async (worker: Worker): Promise<void> => {
    if (worker.isDead()) return;
    const ended = happens(worker, 'exit');
    worker.process.kill('SIGTERM');
    const timer = setTimeout(() => {
      logger.error(
        { worker: worker.process.pid, killAfterMs },
        'a worker did not end when it was told to, and is killed',
      );
      worker.process.kill('SIGKILL');
    }, killAfterMs);
    await ended;
    clearTimeout(timer);
  };

  const restart = async (): Promise<void> => {
    logger.info('replacing the workers, one after the other');
    for (const worker of [...workers]) {
      // It has died meanwhile, or all were told to end.
      if (!workers.has(worker)) continue;
      const next = add();
      const isThere = await hasStarted(next, logger);
      if (isStopping) return;
      if (!isThere) {
        logger.error('the new worker did not start: those that run go on');
        return;
      }
      await retire(worker);
    }
    if (isStopping) return;
    while (workers.size < count) add();
    logger.info('all workers are replaced');
  };

  const stop = async (signal: NodeJS.Signals, code = 0): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ signal }, 'stopping the workers');
    workers.forEach((worker) => void retire(worker));
    // Those of a restart as well.
    await Promise.all(retirements);
    process.exit(code);
  };

  gatherMetrics();
  for (let number = 0; number < count; number += 1) add();
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  process.on('SIGHUP', () => {
    restarting = restarting.then(restart);
  });
  logger.info(
    { workers: count, supervisor: process.pid },
    'started the workers; SIGHUP replaces them one after the other',
  );
}
