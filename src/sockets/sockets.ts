/** Lets some requests to a server of Node be answered before it parses them. What it is told of, times and closes, stays its own. */
import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import { type AnswerOnSocket, Connection, UNTRIED } from './connection.js';
import { KnownHeads } from './known-heads.js';
import { Wire } from './wire.js';

interface SocketsParts {
  /** Whether a request with such a head may be answered before it is parsed. */
  isOurs: (request: IncomingMessage) => boolean;
  /** @param wire writes what is answered, as the server whose connection it is would. */
  answerOn: (wire: Wire) => AnswerOnSocket;
  /** Milliseconds since 1970. */
  wallMs: () => number;
}

export class Sockets {
  readonly #parts: SocketsParts;
  readonly #open = new WeakMap<Socket, Connection>();
  readonly #heads: KnownHeads;
  readonly #held = new Set<Connection>();
  #isClosed = false;

  constructor(parts: SocketsParts) {
    this.#parts = parts;
    this.#heads = new KnownHeads(parts.isOurs);
  }

  /** Of connections that are made from now on. */
  attach(server: Server): void {
    const { answerOn, wallMs } = this.#parts;
    const answer = answerOn(new Wire(server, wallMs, () => this.#isClosed));
    const parts = {
      heads: this.#heads,
      held: this.#held,
      answer: (...asking: Parameters<AnswerOnSocket>) => (this.#isClosed ? UNTRIED : answer(...asking)),
    };
    // Before anybody changes the request.
    server.prependListener('request', (request, response) => {
      this.#open.get(request.socket)?.requested(request, response);
    });
    server.on('connection', (socket: unknown) => {
      // Node takes any stream for one; how such a one deals with what it is given to write, Wire does not know.
      if (!(socket instanceof Socket)) return;
      const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
      const [parse] = listeners;
      // A server that listens otherwise is left as it is.
      if (listeners.length !== 1 || parse === undefined) return;
      const connection = new Connection(socket, parts, parse);
      this.#open.set(socket, connection);
      // From now on Node hands the bytes to us, and not to its parser before anybody sees them.
      socket.on('data', connection.take);
      socket.off('data', parse);
    });
  }

  /** Requests that the servers do not know of, and that are to be answered. */
  get underway(): number {
    return this.#held.size;
  }

  /** The server answers everything itself from now on, so that it can close connections in order. */
  close(): void {
    this.#isClosed = true;
  }
}
