/**
 * Answers hits before the server behind begins to look at them: no JSON is parsed, no GraphQL, no promise is made. Whatever it is not sure of it
 * leaves to the server, untouched; so it need not know how anything is refused.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Entry } from '../../cache/entry.js';
import type { Answered } from '../answers.js';
import { type Caching, isConditional, isJson, isPrivateOutcome } from '../http-caching.js';
import type { Question } from '../operation-key.js';
import type { Report } from '../report.js';
import { codingsFor } from './content-coding.js';
import { matchingTag } from './entity-tag.js';
import type { Handover } from './handover.js';
import { Connections } from './connections.js';
import { type Asked, KnownHeads } from './known-heads.js';
import { type Dress, KnownHeaders, PATH } from './known-headers.js';
import type { KnownRequest, KnownRequests } from './known-requests.js';
import { sendOutcome } from './send-outcome.js';
import type { AnswerHeaders, Sendables } from './sendable.js';
import type { Shortcut, Underway } from './shortcut.js';
import { Wire } from './wire.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that was answered here. */
export interface FrontHit {
  readonly requestId: string;
  readonly operation: KnownRequest;
  /** What it says: its body, a character for each byte, or its target. */
  readonly text: string;
  readonly authorization: string | undefined;
  readonly entry: Entry;
  /** Null for a stranger. */
  readonly viewer: object | null;
  readonly httpStatus: number;
  /** From the first look at it. */
  readonly durationMs: number;
}

/** A request that was answered here, by executing what it asks if need be. */
export interface FrontAnswer<W> extends Pick<FrontHit, 'requestId' | 'viewer' | 'httpStatus' | 'durationMs'> {
  readonly report: Report;
  readonly question: Question;
  readonly work: W;
  /** Null: it was not executed. */
  readonly cost: number | null;
}

export interface FrontParts<W> {
  /** A valid entry of memory; null if there is none. */
  peek: (key: string) => Entry | null;
  known: KnownRequests;
  handover: Handover;
  /** Answers what no entry of memory does. */
  shortcut: Pick<Shortcut<W>, 'take'>;
  sendables: Sendables;
  caching: Caching;
  /** Who asks, null for a stranger; undefined if that takes a look that is not ours. */
  recall: (authorization: string | undefined) => object | null | undefined;
  /** Pays for a hit; false if whoever asks may have none. */
  admit: (viewer: object | null, request: Asked) => boolean;
  /** The id of a request that came with this one. */
  requestId: (given: string | undefined) => string;
  /** Milliseconds since 1970. */
  wallMs: () => number;
  monotonicMs: () => number;
  /** Told of each hit, before anything else happens. */
  onHit: (hit: FrontHit) => void;
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

/** Longer requests are too many bytes to remember. */
const MAX_TEXT = 32 * 1024;
const WITH_QUERY = `${PATH}?`;
/** With one of these something is wanted that the server knows about. */
const SPECIAL = [
  'access-control-request-headers',
  'access-control-request-method',
  'content-encoding',
  'x-cache-explain',
] as const;
/** Browsers say so of pictures, scripts and style sheets. */
const EMBEDDED = 'no-cors';

export class Front<W> {
  readonly #parts: FrontParts<W>;
  readonly #headers: KnownHeaders;
  readonly #connections: Connections;

  constructor(parts: FrontParts<W>) {
    this.#parts = parts;
    this.#headers = new KnownHeaders(parts.caching.cdn);
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
      if (this.#hit(request, text, startedAt, response, sendByNode)) {
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
    else if (!this.#hit(request, text, startedAt, response, sendByNode))
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
      // A fault of ours ends one request, and not the process.
      .catch(() => response.destroy());
  }

  /** @returns false if it is not for us to send. */
  #sendAnswer(asking: Asking, answered: Answered, { viewer, visit, work }: Underway<W>): boolean {
    const { request, response, startedAt } = asking;
    const { report, question } = answered;
    const { requestId, caching, monotonicMs, onAnswer } = this.#parts;
    if (question === null || report.kind !== 'answered' || report.outcome.entry === null) return false;
    const dress = this.#headers.find(request, isPrivateOutcome(report.outcome));
    if (dress === null) return false;
    const id = requestId(request.headers['x-request-id'] as string | undefined);
    const told = [...visit.headers(), ['x-request-id', id] as const];
    const httpStatus = sendOutcome(request, response, { report, outcome: report.outcome, dress, told, caching });
    const durationMs = monotonicMs() - startedAt;
    onAnswer({ requestId: id, question, report, viewer, httpStatus, durationMs, work, cost: visit.cost });
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
    };
    return (asked, text, socket) => this.#hit(asked, text, monotonicMs(), socket, send);
  }

  #hit<To>(
    request: Asked,
    text: string,
    startedAt: number,
    to: To,
    send: (to: To, outgoing: Outgoing) => void,
  ): boolean {
    const { known, recall, peek, admit, requestId, onHit, monotonicMs } = this.#parts;
    const operation = known.find(text);
    if (operation === null) return false;
    const { headers } = request;
    if (isSpecial(headers)) return false;
    const viewer = recall(headers.authorization);
    if (viewer === undefined) return false;
    const dress = this.#headers.find(request, operation.isPrivate);
    if (dress === null) return false;
    const entry = peek(operation.keyFor(viewer));
    if (entry === null || !admit(viewer, request)) return false;
    const id = requestId(headers['x-request-id'] as string | undefined);
    const outgoing = this.#outgoing(request, entry, dress, id);
    send(to, outgoing);
    operation.uses += 1;
    onHit({
      requestId: id,
      operation,
      text,
      authorization: headers.authorization,
      entry,
      viewer,
      httpStatus: outgoing.status,
      durationMs: monotonicMs() - startedAt,
    });
    return true;
  }

  #outgoing({ headers, method }: Asked, entry: Entry, dress: Dress, id: string): Outgoing {
    const { wallMs, sendables } = this.#parts;
    const sendable = sendables.of(entry);
    const age = Math.max(0, Math.floor((wallMs() - entry.createdAt) / 1_000));
    const times = { age, ttl: Math.floor(entry.lifetime.maxAge) - age };
    const codings = codingsFor(headers['accept-encoding']);
    const ifNoneMatch = headers['if-none-match'];
    const isAsked = ifNoneMatch !== undefined && isConditional(method);
    const tag = isAsked ? matchingTag(ifNoneMatch, sendable.tag, codings.allowed) : null;
    if (tag !== null) return { status: 304, headers: sendable.unchangedHeaders(dress, times, tag), id, content: '' };
    const form = sendables.formOf(sendable, codings.best);
    return { status: 200, headers: sendable.headers(dress, times, form), id, content: form.content };
  }
}

interface Outgoing {
  readonly status: 200 | 304;
  readonly headers: AnswerHeaders;
  readonly id: string;
  /** A character for each byte. */
  readonly content: string;
}

function sendByNode(response: ServerResponse, { status, headers, id, content }: Outgoing): void {
  response.writeHead(status, headers.rawWith(id));
  if (status === 304) response.end();
  else response.end(content, 'latin1');
}

/** Whether `front.handle` would look for an answer to it. HEAD is left to Node, which sends no content to it. */
function mayBeHit({ method, url, headers }: IncomingMessage): boolean {
  if (isSpecial(headers)) return false;
  if (method === 'POST' || method === 'QUERY') return url === PATH && isReadable(headers);
  return method === 'GET' && url!.startsWith(WITH_QUERY) && url!.length <= MAX_TEXT && !hasContent(headers);
}

const hasContent = ({ 'content-length': length }: IncomingHttpHeaders): boolean => length !== undefined;

function isReadable({ 'content-length': length, 'content-type': type }: IncomingHttpHeaders): boolean {
  if (type !== 'application/json' && type !== 'application/json; charset=utf-8') return false;
  return length !== undefined && Number(length) > 0 && Number(length) <= MAX_TEXT;
}

function isSpecial(headers: IncomingHttpHeaders): boolean {
  for (const name of SPECIAL) if (headers[name] !== undefined) return true;
  const { 'content-type': type, 'cache-control': wish } = headers;
  if (headers['sec-fetch-mode'] === EMBEDDED || (type !== undefined && !type.startsWith('application/json')))
    return true;
  return wish !== undefined && /no-cache/i.test(wish);
}
