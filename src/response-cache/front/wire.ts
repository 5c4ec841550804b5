/** An answer, written as Node writes it (RFC 9112), in one piece. */
import { STATUS_CODES, type Server } from 'node:http';

export class Wire {
  readonly #server: Pick<Server, 'keepAliveTimeout'>;
  readonly #wallMs: () => number;
  #second = NaN;
  #lines = '';

  constructor(server: Pick<Server, 'keepAliveTimeout'>, wallMs: () => number) {
    this.#server = server;
    this.#wallMs = wallMs;
  }

  /** @param lines of the headers, each with its line end. */
  write(status: number, lines: string, content: string): string {
    return `${startLine(status)}${lines}${this.#ofConnection()}\r\n${content}`;
  }

  /** They change once a second. */
  #ofConnection(): string {
    const second = Math.floor(this.#wallMs() / 1_000);
    if (second !== this.#second) {
      const keepSeconds = Math.floor(this.#server.keepAliveTimeout / 1_000);
      const keepAlive = keepSeconds > 0 ? `Keep-Alive: timeout=${keepSeconds}\r\n` : '';
      this.#second = second;
      this.#lines = `Date: ${new Date(second * 1_000).toUTCString()}\r\nConnection: keep-alive\r\n${keepAlive}`;
    }
    return this.#lines;
  }
}

const OK = `HTTP/1.1 200 ${STATUS_CODES[200]}\r\n`;
const NOT_MODIFIED = `HTTP/1.1 304 ${STATUS_CODES[304]}\r\n`;

const startLine = (status: number): string => (status === 200 ? OK : NOT_MODIFIED);
