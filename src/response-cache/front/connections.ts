/** Lets some requests to a server of Node be answered before it parses them. What it is told of, times and closes, stays its own. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type AnswerOnSocket, Connection, UNTRIED } from './connection.js';
import type { KnownHeads } from './known-heads.js';

export interface ConnectionsParts {
  heads: KnownHeads;
  /** @param server the one whose connection it is. */
  answerOn: (server: Server) => AnswerOnSocket;
}

export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #open = new WeakMap<Socket, Connection>();
  readonly #held = new Set<Connection>();
  #isClosed = false;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  /** Of connections that are made from now on. */
  attach(server: Server): void {
    const answer = this.#parts.answerOn(server);
    const parts = {
      heads: this.#parts.heads,
      held: this.#held,
      answer: (...asking: Parameters<AnswerOnSocket>) => (this.#isClosed ? UNTRIED : answer(...asking)),
    };
    // Before anybody changes the request.
    server.prependListener('request', (request, response) => {
      this.#open.get(request.socket)?.requested(request, response);
    });
    server.on('connection', (socket) => {
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

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The server answers everything itself from now on, so that it can close connections in order. */
  close(): void {
    this.#isClosed = true;
  }
}
