/**
 * The bytes of one connection, on their way to Node's parser. Where a request begins and is there as a whole, with a head that the parser has read before, it may be answered
 * at once; all else goes to the parser as it came. Of answers that are sent so the parser learns nothing, and need not: it stands between two requests before and after.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Asked, Head, KnownHeads } from './known-heads.js';

/** Answers a request on its socket; false, and nothing done, if it cannot. */
export type AnswerAtOnce = (asked: Asked, text: string, socket: Socket) => boolean;

export interface ConnectionParts {
  heads: KnownHeads;
  answer: AnswerAtOnce;
}

const BRACE = '{'.charCodeAt(0);

export class Connection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #parse: (chunk: Buffer) => void;
  /** Bytes, from the beginning of the connection. */
  #received = 0;
  /** Where a request begins, as far as that is known. Once passed by, it is never reached again: then the parser has all that comes. */
  #boundary = 0;
  /** What has just come, if it begins with a request that has not been parsed yet. */
  #beginning: Buffer | null = null;
  /** Requests that the parser has found, and that are not answered yet. */
  #underway = 0;
  /** The parser counts the time from the first byte until it has seen one request as a whole. */
  #isProven = false;
  /** The last that was answered here: clients mostly send the same. */
  #head: Head | null = null;
  #asked: Asked | null = null;

  constructor(socket: Socket, parts: ConnectionParts, parse: (chunk: Buffer) => void) {
    this.#socket = socket;
    this.#parts = parts;
    this.#parse = parse;
  }

  readonly take = (chunk: Buffer): void => {
    const begins = this.#received === this.#boundary;
    this.#received += chunk.length;
    if (begins && this.#underway === 0 && this.#answer(chunk)) {
      this.#boundary = this.#received;
      return;
    }
    this.#beginning = begins ? chunk : null;
    this.#parse(chunk);
    this.#beginning = null;
  };

  /** The parser has found a request: in the last chunk, if it has been given more than one. */
  requested(request: IncomingMessage, response: ServerResponse): void {
    const chunk = this.#beginning;
    this.#beginning = null;
    // The second one of a chunk, or one whose head came in pieces; or the connection ends with it, by whatever header Node was told so.
    if (chunk === null || !response.shouldKeepAlive) return;
    const head = this.#parts.heads.learn(chunk, request);
    if (head === null) return;
    this.#boundary = this.#received - chunk.length + head.bytes.length + head.contentLength;
    this.#underway += 1;
    response.once('close', () => {
      this.#underway -= 1;
      this.#isProven = request.complete;
    });
  }

  #answer(chunk: Buffer): boolean {
    const socket = this.#socket;
    // Whoever does not read is sent nothing more from here.
    if (!this.#isProven || !socket.writable || socket.writableLength > 0) return false;
    const asked = this.#askedBy(chunk);
    if (asked === null) return false;
    const { bytes, contentLength } = this.#head!;
    if (chunk.length !== bytes.length + contentLength) return false;
    // A content that looks like a target is not taken for one.
    if (contentLength > 0 && chunk[bytes.length] !== BRACE) return false;
    const text = contentLength === 0 ? asked.url! : chunk.toString('latin1', bytes.length);
    return this.#parts.answer(asked, text, socket);
  }

  #askedBy(chunk: Buffer): Asked | null {
    if (this.#head !== null && startsWith(chunk, this.#head.bytes)) return this.#asked;
    const head = this.#parts.heads.find(chunk);
    if (!head?.request) return null;
    this.#head = head;
    this.#asked = { ...head.request, socket: this.#socket };
    return this.#asked;
  }
}

const startsWith = (chunk: Buffer, bytes: Buffer): boolean =>
  chunk.length >= bytes.length && bytes.compare(chunk, 0, bytes.length) === 0;
