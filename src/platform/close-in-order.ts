/**
 * Closes a server of Node in order. Node takes a connection for idle as soon as its answer is written, though the client may not have read it: to close it then cuts the
 * answer off.
 */
import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

const LOOK_EVERY_MS = 50;

/**
 * Closes it: resolves when all connections have ended, which those that are left after `withinMs` are made to.
 * @param isAwaited whether there are requests under way that Node does not know of.
 */
type Close = (withinMs: number, isAwaited?: () => boolean) => Promise<void>;

/** Of a server that nobody has connected to yet. */
export function closeInOrder(server: Server): Close {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async (withinMs, isAwaited = () => false) => {
    // Takes no more connections, and leaves those that there are: close() of a server of HTTP ends the idle ones.
    const closed = new Promise<unknown>((resolve) => NetServer.prototype.close.call(server, resolve));
    const closeIdle = (): void => {
      if (!isAwaited() && ![...open].some(({ writableLength }) => writableLength > 0)) server.closeIdleConnections();
    };
    closeIdle();
    const looking = setInterval(closeIdle, LOOK_EVERY_MS);
    const limit = setTimeout(() => server.closeAllConnections(), withinMs);
    await closed;
    clearInterval(looking);
    clearTimeout(limit);
  };
}
