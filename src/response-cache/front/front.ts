/**
 * Answers hits before the server behind begins to look at them: no JSON is parsed, no GraphQL, no promise is made. Whatever it is not sure of it
 * leaves to the server, untouched; so it need not know how anything is refused.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answered } from '../answers.js';
import { type Caching, isJson, isPrivateOutcome } from '../http-caching.js';
import type { Question } from '../operation-key.js';
import type { Report } from '../report.js';
import { Connections } from './connections.js';
import type { Handover } from './handover.js';
import { type FrontHit, type HitParts, Hits, type Outgoing, sendByNode } from './hits.js';
import { type Asked, KnownHeads } from './known-heads.js';
import { KnownHeaders, PATH } from './known-headers.js';
import { MAX_TEXT, WITH_QUERY, isReadable, isSpecial, mayBeHit } from './plain-requests.js';
import { sendOutcome } from './send-outcome.js';
import type { Shortcut, Underway } from './shortcut.js';
import { Wire } from './wire.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that was answered here, by executing what it asks if need be. */
export interface FrontAnswer<W> extends Omit<FrontHit, 'operation' | 'entry'> {
  readonly report: Report;
  readonly question: Question;
  readonly work: W;
  /** Null: it was not executed. */
  readonly cost: number | null;
}

export interface FrontParts<W> extends HitParts {
  handover: Handover;
  /** Answers what no entry of memory does. */
  shortcut: Pick<Shortcut<W>, 'take'>;
  caching: Caching;
  onAnswer: (answer: FrontAnswer<W>) => void;
  /** The server behind. Never rejects. */
  handle: Handle;
}

interface Asking {
  request: IncomingMessage;
  response: ServerResponse;
  text: string;
  startedAt: number;
}

export class Front<W> {
  readonly #parts: FrontParts<W>;
  readonly #headers: KnownHeaders;
  readonly #hits: Hits;
  readonly #connections: Connections;

  constructor(parts: FrontParts<W>) {
    this.#parts = parts;
    this.#headers = new KnownHeaders(parts.caching.cdn);
    this.#hits = new Hits(parts, this.#headers);
    this.#connections = new Connections({
      heads: new KnownHeads(mayBeHit),
      answerOn: (server) => this.#answerOn(server),
    });
  }

  /** Hits are answered before `server` has parsed them, on connections that are made from now on. */
  attach(server: Server): void {
    this.#connections.attach(server);
  }

  /** From now on each request goes by the server, which can tell its client to go elsewhere. */
  detach(): void {
    this.#connections.close();
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    switch (request.method) {
      case 'POST':
      case 'QUERY':
        if (request.url === PATH && isReadable(request.headers)) this.#read(request, response);
        else void this.#parts.handle(request, response);
        return;
      case 'GET':
      case 'HEAD':
        if (request.url!.startsWith(WITH_QUERY)) this.#answer(request, response, request.url!);
        else void this.#parts.handle(request, response);
        return;
      default:
        void this.#parts.handle(request, response);
    }
  };

  /** Looks at the body when it is there as a whole, and puts it back for the server if need be. */
  #read(request: IncomingMessage, response: ServerResponse): void {
    const startedAt = this.#parts.monotonicMs();
    const length = Number(request.headers['content-length']);
    const take = (): void => {
      const body = request.read(length) as Buffer | null;
      if (body === null) return;
      request.off('readable', take);
      const text = body.toString('latin1');
      // Anything else is no request, or one with a blank before it: the server knows.
      if (!text.startsWith('{')) {
        request.unshift(body);
        void this.#parts.handle(request, response);
        return;
      }
      if (this.#hits.answer(request, text, startedAt, response, sendByNode)) {
        // Ends the stream, which holds nothing any more.
        request.read();
        return;
      }
      this.#miss({ request, response, text, startedAt }, () => request.unshift(body));
    };
    request.on('readable', take);
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const startedAt = this.#parts.monotonicMs();
    if (text.length > MAX_TEXT) void this.#parts.handle(request, response);
    else if (!this.#hits.answer(request, text, startedAt, response, sendByNode))
      this.#miss({ request, response, text, startedAt }, () => undefined);
  }

  /** @param giveBack puts the body back, for the server to read. */
  #miss(asking: Asking, giveBack: () => void): void {
    const { request, response, text } = asking;
    const leave = (): void => {
      giveBack();
      this.#leave(request, response, text);
    };
    const viewer = isSpecial(request.headers) ? undefined : this.#parts.recall(request.headers.authorization);
    const underway = viewer === undefined ? null : this.#parts.shortcut.take(request, text, viewer);
    if (!underway) {
      leave();
      return;
    }
    underway.answered
      .then((found) => {
        const { handover } = this.#parts;
        handover.remember(text, found);
        if (this.#sendAnswer(asking, found, underway)) {
          // Ends the stream, as a hit does.
          request.read();
          return;
        }
        handover.hand(request, found);
        leave();
      }, leave)
      .catch((error: unknown) => {
        this.#parts.onFault(error);
        response.destroy();
      });
  }

  /** @returns false if it is not for us to send. */
  #sendAnswer(asking: Asking, answered: Answered, { viewer, visit, work }: Underway<W>): boolean {
    const { request, response, text, startedAt } = asking;
    const { report, question } = answered;
    const { requestId, caching, monotonicMs, onAnswer } = this.#parts;
    if (question === null || report.kind !== 'answered' || report.outcome.entry === null) return false;
    const dress = this.#headers.find(request, isPrivateOutcome(report.outcome));
    if (dress === null) return false;
    const id = requestId(request.headers['x-request-id'] as string | undefined);
    const told = [...visit.headers(), ['x-request-id', id] as const];
    const httpStatus = sendOutcome(request, response, { report, outcome: report.outcome, dress, told, caching });
    const durationMs = monotonicMs() - startedAt;
    const { authorization } = request.headers;
    const asked = { requestId: id, text, authorization, question, viewer };
    onAnswer({ ...asked, report, httpStatus, durationMs, work, cost: visit.cost });
    return true;
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

  /** On its sockets, written as `server` would. */
  #answerOn(server: Server): (asked: Asked, text: string, socket: Socket) => boolean {
    const { wallMs, monotonicMs } = this.#parts;
    const wire = new Wire(server, wallMs);
    const send = (socket: Socket, { status, headers, id, content }: Outgoing): void => {
      socket.write(wire.write(status, headers.linesWith(id), content), 'latin1');
      if (socket.writableLength > 0) keepWhileSending(socket);
    };
    return (asked, text, socket) => this.#hits.answer(asked, text, monotonicMs(), socket, send);
  }
}

/** As Node does: the time for which an idle connection is kept begins when the client has all. */
function keepWhileSending(socket: Socket): void {
  const { timeout = 0 } = socket;
  socket.setTimeout(0);
  socket.write('', () => socket.setTimeout(timeout));
}
