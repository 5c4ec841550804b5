/** Requests as they go over the wire, and answers as they come. */
import { type Socket, connect } from 'node:net';

export type Headers = Record<string, string>;
export const headOf = (line: string, headers: Headers): string =>
  `${line} HTTP/1.1\r\n${Object.entries({ Host: 'larder.example', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
export const post = (body: string, headers: Headers = {}): string =>
  headOf('POST /graphql', {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }) + body;

export interface Reply {
  status: number;
  headers: Headers;
  body: string;
}

/** One connection, on which what is written goes out as it is. */
export class SocketClient {
  readonly socket: Socket;
  #text = '';
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    this.socket.on('close', () => this.#wake());
    this.socket.on('error', () => undefined);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  async ask(text: string): Promise<Reply> {
    this.write(text);
    return await this.reply();
  }

  async reply(isHead = false): Promise<Reply> {
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n');
      const [first = '', ...lines] = this.#text.slice(0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
      );
      const length = isHead ? 0 : Number(headers['content-length'] ?? 0);
      if (end >= 0 && this.#text.length >= end + 4 + length) {
        const body = this.#text.slice(end + 4, end + 4 + length);
        this.#text = this.#text.slice(end + 4 + length);
        return { status: Number(first.split(' ')[1]), headers, body: Buffer.from(body, 'latin1').toString() };
      }
      if (this.socket.destroyed) throw new Error(`The connection was closed after ${JSON.stringify(this.#text)}.`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Until what was written has arrived, as a piece of its own. */
export const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** All but what is another for each. */
export const lasting = ({ status, headers, body }: Reply) => {
  const { 'x-request-id': id, date, age, 'cache-status': cache, ...others } = headers;
  return { status, body, others, has: [id, date, age, cache].map((text) => typeof text) };
};
