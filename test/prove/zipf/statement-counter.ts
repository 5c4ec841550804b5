/** A proxy in front of PostgreSQL that counts the statements which pass, whoever sends them. */
import { type Socket, connect, createServer } from 'node:net';

export interface StatementCounter {
  /** The database's address through it. */
  readonly url: string;
  readonly statements: number;
  close(): Promise<void>;
}

export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const url = new URL(databaseUrl);
  const target = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  let statements = 0;
  const server = createServer((client) => {
    const upstream = connect(target);
    const reader = new MessageReader((type) => {
      if (type === SIMPLE_QUERY || type === EXECUTE) statements += 1;
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => socket.destroy());
      socket.once('close', () => other.destroy()).pipe(other);
    }
    client.on('data', (chunk: Buffer) => reader.read(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  url.port = String(address.port);
  return {
    url: url.href,
    get statements() {
      return statements;
    },
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SIMPLE_QUERY = 'Q'.charCodeAt(0);
const EXECUTE = 'E'.charCodeAt(0);
/** A type, and a length that counts itself (PostgreSQL documentation, "Message Formats"). */
const HEADER = 5;

class MessageReader {
  readonly #see: (type: number) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** The first message has no type. */
  #hasStarted = false;

  constructor(see: (type: number) => void) {
    this.#see = see;
  }

  read(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= HEADER) {
      const length = this.#hasStarted ? 1 + bytes.readInt32BE(1) : bytes.readInt32BE(0);
      if (bytes.length < length) break;
      if (this.#hasStarted) this.#see(bytes[0]!);
      this.#hasStarted = true;
      bytes = bytes.subarray(length);
    }
    this.#rest = bytes;
  }
}
