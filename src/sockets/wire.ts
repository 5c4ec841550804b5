/** Answers, written as Node writes them (RFC 9112), in one piece. */
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';

export type Status = 200 | 304 | 503;

/** Names and values in turn, as they are written. */
export type RawHeaders = readonly string[];

export class Wire {
  readonly #server: Pick<Server, 'keepAliveTimeout'>;
  readonly #wallMs: () => number;
  readonly #isClosing: () => boolean;
  #lines = '';
  #lastLines = '';

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
   * @param lines of the headers, each with its line end.
   * @param content a character for each byte.
   */
  send(socket: Socket, status: Status, lines: string, content: string): void {
    // Whoever has gone meanwhile is sent nothing.
    if (!socket.writable) return;
    if (this.#lines === '') this.#tellTime();
    const isLast = this.#isClosing();
    socket.write(`${START[status]}${lines}${isLast ? this.#lastLines : this.#lines}\r\n${content}`, 'latin1');
    if (isLast) socket.destroySoon();
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
