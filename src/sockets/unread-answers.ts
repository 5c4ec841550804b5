/** Ends the connections of clients that do not read what they are sent: each keeps its answer in memory, and may keep a place of the server, for as long as it likes. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export const LOOK_EVERY_MS = 5_000;
/**
 * So many looks in a row, a minute, may find that nothing of what was written has been taken whole. What is written is an answer, or a part of one: of a megabyte in one
 * piece a client takes 17 KB a second at least. To read a byte now and then does not count.
 */
export const MAX_LOOKS = 12;

interface Unread {
  /** Bytes, of all that was ever written to it. */
  taken: number;
  looks: number;
}

/** Of connections that are made from now on. */
export function endUnread(server: Server): void {
  const unread = new Map<Socket, Unread>();
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      unread.delete(socket);
    });
  });
  const look = (socket: Socket): void => {
    if (socket.writableLength === 0) {
      unread.delete(socket);
      return;
    }
    const taken = socket.bytesWritten - socket.writableLength;
    const before = unread.get(socket);
    const looks = before?.taken === taken ? before.looks + 1 : 0;
    // With a reset: what the system holds to be sent is thrown away, too.
    if (looks >= MAX_LOOKS) socket.resetAndDestroy();
    else unread.set(socket, { taken, looks });
  };
  const timer = setInterval(() => open.forEach(look), LOOK_EVERY_MS).unref();
  server.once('close', () => clearInterval(timer));
}
