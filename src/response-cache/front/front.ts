/**
 * Answers before the server behind begins to look: hits at once, with no JSON parsed and no promise made, and what the shortcut knows how to answer. Whatever it is not sure of it
 * leaves to the server, untouched; so it need not know how anything is refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isJson } from '../http-caching.js';
import type { AnswerOnSocket, Leave } from '../../sockets/connection.js';
import { type HitParts, Hits, sendByNode } from './hits.js';
import type { Asked } from '../../sockets/known-heads.js';
import { KnownHeaders, PATH } from './known-headers.js';
import { type MissParts, Misses } from './misses.js';
import type { Outgoing } from './outgoing.js';
import { MAX_TEXT, WITH_QUERY, hasContent, isReadable, isSpecial } from './plain-requests.js';
import type { Wire } from '../../sockets/wire.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontParts<W> extends HitParts, MissParts<W> {
  /** The server behind. Never rejects. */
  handle: Handle;
}

export class Front<W> {
  readonly #parts: FrontParts<W>;
  readonly #headers: KnownHeaders;
  readonly #hits: Hits;
  readonly #misses: Misses<W>;

  constructor(parts: FrontParts<W>) {
    this.#parts = parts;
    this.#headers = new KnownHeaders(parts.caching.cdn);
    this.#hits = new Hits(parts, this.#headers);
    this.#misses = new Misses(parts, this.#headers);
  }

  /** What was done for a request before it was left to the server; null: nothing. */
  workOf(request: object): W | null {
    return this.#misses.workOf(request);
  }

  /** The cost of the execution that was paid for it before it was left to the server; null: none was. */
  paidFor(request: object): number | null {
    return this.#misses.paidFor(request);
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (isSpecial(request.headers)) {
      void this.#parts.handle(request, response);
      return;
    }
    switch (request.method) {
      case 'POST':
      case 'QUERY':
        if (request.url === PATH && isReadable(request.headers)) this.#read(request, response);
        else void this.#parts.handle(request, response);
        return;
      case 'GET':
      case 'HEAD':
        if (request.url!.startsWith(WITH_QUERY) && request.url!.length <= MAX_TEXT && !hasContent(request.headers))
          this.#answer(request, response, { text: request.url!, body: null, startedAt: this.#parts.monotonicMs() });
        else void this.#parts.handle(request, response);
        return;
      default:
        void this.#parts.handle(request, response);
    }
  };

  /** Looks at the body when it is there as a whole. */
  #read(request: IncomingMessage, response: ServerResponse): void {
    const length = Number(request.headers['content-length']);
    const take = (): void => {
      const body = request.read(length) as Buffer | null;
      if (body === null) return;
      request.off('readable', take);
      // How long a client takes to say what it wants is not ours to answer for.
      const startedAt = this.#parts.monotonicMs();
      const text = body.toString('latin1');
      if (text.startsWith('{')) {
        this.#answer(request, response, { text, body, startedAt });
        return;
      }
      // Anything else is no request, or one with a blank before it: the server knows.
      request.unshift(body);
      void this.#parts.handle(request, response);
    };
    request.on('readable', take);
  }

  #answer(request: IncomingMessage, response: ServerResponse, { text, body, startedAt }: Said): void {
    const { handover } = this.#parts;
    // Ends the stream, which holds nothing any more.
    const done = (): void => void request.read();
    const leave = (): void => {
      // The server is to read it.
      if (body !== null) request.unshift(body);
      this.#leave(request, response, text);
    };
    // It was tried on the socket.
    if (handover.isLeft(request)) {
      leave();
      return;
    }
    if (this.#hits.answer(request, text, startedAt, response, sendByNode)) {
      done();
      return;
    }
    const answering = this.#misses.answer({ request, text, startedAt, to: response, send: sendByNode });
    if (answering === null) {
      leave();
      return;
    }
    void answering.then((left) => {
      if (left === null) {
        done();
        return;
      }
      left(request);
      leave();
    });
  }

  /** Left to the server; what it makes of the request is learnt. */
  #leave(request: IncomingMessage, response: ServerResponse, text: string): void {
    const { known, handle, handover } = this.#parts;
    handover.arrive(request, text);
    void handle(request, response).then(() => {
      const learnt = known.find(text);
      if (
        learnt &&
        (response.statusCode === 200 || response.statusCode === 304) &&
        response.hasHeader('etag') &&
        isJson(response.getHeader('content-type'))
      )
        this.#headers.learn(request, learnt.isPrivate, response.getHeaders());
    });
  }

  /**
   * Answers what can be before a server has parsed it.
   * @param refuse whether it has refused what is no hit.
   */
  answerOn(wire: Wire, refuse: (request: Asked, socket: Socket) => boolean): AnswerOnSocket {
    const { monotonicMs, handover } = this.#parts;
    const send = (socket: Socket, { status, headers, id, content }: Outgoing): void =>
      wire.send(socket, status, headers.linesWith(id), content);
    const leave: Leave = (request) => handover.leave(request, null);
    return (request, text, socket) => {
      const startedAt = monotonicMs();
      if (this.#hits.answer(request, text, startedAt, socket, send) || refuse(request, socket)) return null;
      return this.#misses.answer({ request, text, startedAt, to: socket, send }) ?? leave;
    };
  }
}

/** What a request says. */
interface Said {
  readonly text: string;
  /** Null: it has none. */
  readonly body: Buffer | null;
  readonly startedAt: number;
}
