/** Ends the connections of clients that hardly read what they are sent: each keeps its answer in memory, and may keep a place of the server, for as long as it likes. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export const LOOK_EVERY_MS = 5_000;
/** In so many looks in a row, a minute, nothing of what was written need have been taken whole. */
export const MAX_LOOKS = 12;
/** And for each so many bytes of it in one look more: who takes 16 KB a second has all the time that takes. To read a byte now and then is not enough. */
export const BYTES_A_LOOK = 80_000;

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
    const { writableLength } = socket;
    if (writableLength === 0) {
      unread.delete(socket);
      return;
    }
    // What is written is an answer, or a part of one. It counts as taken when all of it is: how much the system has of it until then, Node does not tell.
    const taken = socket.bytesWritten - writableLength;
    const before = unread.get(socket);
    const looks = before?.taken === taken ? before.looks + 1 : 0;
    // With a reset: what the system holds to be sent is thrown away, too.
    if (looks >= MAX_LOOKS + writableLength / BYTES_A_LOOK) socket.resetAndDestroy();
    else unread.set(socket, { taken, looks });
  };
  const timer = setInterval(() => open.forEach(look), LOOK_EVERY_MS).unref();
  server.once('close', () => clearInterval(timer));
}
