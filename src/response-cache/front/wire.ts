/** An answer, written as Node writes it (RFC 9112), in one piece. */
import { STATUS_CODES, type Server } from 'node:http';

export class Wire {
  readonly #server: Pick<Server, 'keepAliveTimeout'>;
  readonly #wallMs: () => number;
  #second = NaN;
  #lines = '';
  #lastLines = '';

  constructor(server: Pick<Server, 'keepAliveTimeout'>, wallMs: () => number) {
    this.#server = server;
    this.#wallMs = wallMs;
  }

  /**
   * @param lines of the headers, each with its line end.
   * @param isLast the connection ends with it.
   */
  write(status: number, lines: string, content: string, isLast: boolean): string {
    this.#keepTime();
    return `${startLine(status)}${lines}${isLast ? this.#lastLines : this.#lines}\r\n${content}`;
  }

  /** What is said of the time and of the connection changes once a second. */
  #keepTime(): void {
    const second = Math.floor(this.#wallMs() / 1_000);
    if (second === this.#second) return;
    const date = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    const keepSeconds = Math.floor(this.#server.keepAliveTimeout / 1_000);
    const keepAlive = keepSeconds > 0 ? `Keep-Alive: timeout=${keepSeconds}\r\n` : '';
    this.#second = second;
    this.#lines = `${date}Connection: keep-alive\r\n${keepAlive}`;
    this.#lastLines = `${date}Connection: close\r\n`;
  }
}

const OK = `HTTP/1.1 200 ${STATUS_CODES[200]}\r\n`;
const NOT_MODIFIED = `HTTP/1.1 304 ${STATUS_CODES[304]}\r\n`;

const startLine = (status: number): string => (status === 200 ? OK : NOT_MODIFIED);
