/** Answers, written as Node writes them (RFC 9112), in one piece. */
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';

export type Status = 200 | 304 | 503;

/** Names and values in turn, as they are written. */
export type RawHeaders = readonly string[];

/** Larger answers are few, and cost more by their sending. */
export const ROOM_BYTES = 64 * 1024;

const NO_ROOM = Buffer.alloc(0);

export class Wire {
  readonly #server: Pick<Server, 'keepAliveTimeout'>;
  readonly #wallMs: () => number;
  readonly #isClosing: () => boolean;
  #lines = '';
  #lastLines = '';
  /** What nobody is being sent. */
  #room = NO_ROOM;

  /**
   * @param server as which it writes.
   * @param isClosing whether each connection ends with its next answer.
   */
  constructor(server: Pick<Server, 'keepAliveTimeout'>, wallMs: () => number, isClosing: () => boolean) {
    this.#server = server;
    this.#wallMs = wallMs;
    this.#isClosing = isClosing;
  }

  /**
   * Head and content have a character for each byte.
   * @param lines of the headers, each with its line end.
   */
  send(socket: Socket, status: Status, lines: string, content: string): void {
    // Whoever has gone meanwhile is sent nothing.
    if (!socket.writable) return;
    if (this.#lines === '') this.#tellTime();
    const isLast = this.#isClosing();
    this.#write(socket, `${START[status]}${lines}${isLast ? this.#lastLines : this.#lines}\r\n`, content);
    if (isLast) socket.destroySoon();
  }

  /**
   * Into room that is used again for the next answer: a text of both would first be put together in the heap, and copied from there (a hit of 10 KB took 5 % more
   * CPU, 2026-11-30). That is right for sockets of the system alone: what it has taken is copied, and what it has not is counted in `writableLength` and stays
   * where it is. Until it is known that nothing is left, the room is nobody else's.
   */
  #write(socket: Socket, head: string, content: string): void {
    const bytes = head.length + content.length;
    if (bytes > ROOM_BYTES) {
      socket.write(head + content, 'latin1');
      return;
    }
    const room = bytes <= this.#room.byteLength ? this.#room : Buffer.allocUnsafeSlow(ROOM_BYTES);
    this.#room = NO_ROOM;
    const contentAt = room.write(head, 'latin1');
    const end = contentAt + room.write(content, contentAt, 'latin1');
    socket.write(room.subarray(0, end));
    this.#room = socket.writableLength === 0 ? room : room.subarray(end);
  }

  /** What is said of the time and of the connection is said until the second is over, as Node does: nobody looks at the clock for each answer. */
  #tellTime(): void {
    const now = this.#wallMs();
    const date = `Date: ${new Date(now).toUTCString()}\r\n`;
    const keepSeconds = Math.floor(this.#server.keepAliveTimeout / 1_000);
    const keepAlive = keepSeconds > 0 ? `Keep-Alive: timeout=${keepSeconds}\r\n` : '';
    this.#lines = `${date}Connection: keep-alive\r\n${keepAlive}`;
    this.#lastLines = `${date}Connection: close\r\n`;
    setTimeout(() => (this.#lines = ''), 1_000 - (now % 1_000)).unref();
  }
}

/** As they stand in an answer, each with its line end. Node has let all of them through before, or they are ours. */
export function linesOf(raw: RawHeaders): string {
  let lines = '';
  for (let index = 0; index < raw.length; index += 2) lines += `${raw[index]!}: ${raw[index + 1]!}\r\n`;
  return lines;
}

const startLine = (status: Status): string => `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
const START: Readonly<Record<Status, string>> = { 200: startLine(200), 304: startLine(304), 503: startLine(503) };
