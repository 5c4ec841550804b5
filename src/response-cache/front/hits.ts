/** Hits, and how they are sent: whatever is known of a request was learnt before, so nothing is waited for. */
import type { ServerResponse } from 'node:http';
import { EMPTY } from '../../cache/body.js';
import type { Entry } from '../../cache/entry.js';
import { isConditional } from '../http-caching.js';
import { codingsFor } from './content-coding.js';
import { matchingTag } from './entity-tag.js';
import type { Asked } from '../../sockets/known-heads.js';
import type { Dress, KnownHeaders } from './known-headers.js';
import type { KnownRequest, KnownRequests } from './known-requests.js';
import type { Outgoing } from './outgoing.js';
import type { Sendables } from './sendable.js';

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

export interface HitParts {
  /** A valid entry of memory; null if there is none. */
  peek: (key: string) => Entry | null;
  known: KnownRequests;
  sendables: Sendables;
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
  /** Told of a fault of ours, which ends one connection, and not the process. */
  onFault: (error: unknown) => void;
}

export function sendByNode(response: ServerResponse, { status, headers, id, content }: Outgoing): void {
  response.writeHead(status, headers.rawWith(id));
  if (status === 304) response.end();
  else response.end(content, 'latin1');
}

export class Hits {
  readonly #parts: HitParts;
  readonly #headers: KnownHeaders;

  constructor(parts: HitParts, headers: KnownHeaders) {
    this.#parts = parts;
    this.#headers = headers;
  }

  /** Answers if it can be done at once; false, and nothing done, if not. */
  answer<To extends { destroy(): void }>(
    request: Asked,
    text: string,
    startedAt: number,
    to: To,
    send: (to: To, outgoing: Outgoing) => void,
  ): boolean {
    try {
      return this.#answerFrom(request, text, startedAt, (outgoing) => send(to, outgoing));
    } catch (error) {
      this.#parts.onFault(error);
      // Nobody knows what of the answer is out.
      to.destroy();
      return true;
    }
  }

  #answerFrom(request: Asked, text: string, startedAt: number, send: (outgoing: Outgoing) => void): boolean {
    const { known, recall, peek, admit, requestId, onHit, monotonicMs } = this.#parts;
    const operation = known.find(text);
    if (operation === null) return false;
    const { headers } = request;
    const viewer = recall(headers.authorization);
    if (viewer === undefined) return false;
    const dress = this.#headers.find(request, operation.isPrivate);
    if (dress === null) return false;
    const entry = peek(operation.keyFor(viewer));
    if (entry === null || !admit(viewer, request)) return false;
    const id = requestId(headers['x-request-id'] as string | undefined);
    const outgoing = this.#outgoing(request, entry, dress, id);
    send(outgoing);
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
    if (tag !== null) return { status: 304, headers: sendable.unchangedHeaders(dress, times, tag), id, content: EMPTY };
    const form = sendables.formOf(sendable, codings.best);
    return { status: 200, headers: sendable.headers(dress, times, form), id, content: form.content };
  }
}
