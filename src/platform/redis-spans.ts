/** Commands to Redis as spans, those of the requests that are traced. */
import type { RedisConnection } from './redis.js';
import { beginSpan, failureOf } from './spans.js';

interface Sender {
  sendCommand(command: { name: string; promise: Promise<unknown> }, ...more: unknown[]): unknown;
}

/** The commands of `connection` from now on. Their keys and values stay here. */
export function traceCommands(connection: RedisConnection): void {
  const sender = connection as unknown as Sender;
  const send = sender.sendCommand.bind(sender);
  sender.sendCommand = (command, ...more) => {
    const name = command.name.toUpperCase();
    const span = beginSpan('client', () => [name, { 'db.system.name': 'redis', 'db.operation.name': name }]);
    // Beside whoever asked: a failure is theirs to hear of.
    if (span)
      command.promise.then(
        () => span.end(),
        (error: unknown) => span.end(failureOf(error)),
      );
    return send(command, ...more);
  };
}
