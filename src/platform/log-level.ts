/**
 * SIGUSR2 turns debug lines on in a server that runs or starts, and off again. Where several workers share a port the first process holds the level and
 * tells them: those that run when it changes, and each one when it begins. To pass the signal on would end one that has no ear for it yet.
 */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';

/** Of a worker that begins, and from the first process with the level. */
const LEVEL = 'larder:log-level';

interface Message {
  type?: unknown;
  level?: string;
}

/** From now on. `usual` is the level that the settings name; where that has debug lines, the signal turns them off first. */
export function changeLevelBySignal(logger: Logger, usual: string): void {
  const other = logger.isLevelEnabled('debug') ? 'info' : 'debug';
  const changeTo = (level: string): void => {
    logger.level = level;
    // Whatever the level is: whoever has sent the signal wants to know what it has done.
    const worker = cluster.worker && { worker: cluster.worker.id };
    logger.child({}, { level: 'info' }).info({ logLevel: level, ...worker }, 'the level of the log was changed');
  };
  // Windows has no such signal.
  if (process.platform !== 'win32')
    process.on('SIGUSR2', () => {
      changeTo(logger.level === usual ? other : usual);
      for (const worker of Object.values(cluster.workers ?? {})) if (worker) tell(worker, logger);
    });
  if (cluster.isPrimary)
    cluster.on('message', (worker, { type }: Message) => {
      if (type === LEVEL) tell(worker, logger);
    });
  else {
    cluster.worker!.on('message', ({ type, level = usual }: Message) => {
      if (type === LEVEL && level !== logger.level) changeTo(level);
    });
    // What was told before we listened has been lost.
    cluster.worker!.send({ type: LEVEL });
  }
}

function tell(worker: Worker, { level }: Logger): void {
  if (worker.isConnected()) worker.send({ type: LEVEL, level });
}
