/**
 * The bytes of one connection, on their way to Node's parser. Where a request begins and is there as a whole, with a head that the parser has read before, it may be answered
 * here; all else goes to the parser as it came. Of answers that are sent so the parser learns nothing, and need not: it stands between two requests before and after.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Asked, Head, KnownHeads } from './known-heads.js';

/** Leaves a request to the server. */
export type Leave = (request: IncomingMessage) => void;

/** Null: it was answered. Otherwise nothing was sent, and this is to be called with what the parser makes of it. */
export type Answering = Leave | null;

/** Answers a request on its socket, at once or later. Never rejects. */
export type AnswerOnSocket = (asked: Asked, text: string, socket: Socket) => Answering | Promise<Answering>;

interface ConnectionParts {
  heads: KnownHeads;
  answer: AnswerOnSocket;
  /** Connections on which an answer is waited for that is not the parser's. */
  held: Set<Connection>;
}

const BRACE = '{'.charCodeAt(0);

export const UNTRIED: Leave = () => undefined;

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
  #leave = UNTRIED;
  /** Requests that the parser has found, and that are not answered yet. */
  #underway = 0;
  /** Whether one is being answered here. What comes meanwhile is for later. */
  #isHeld = false;
  #kept: Buffer | null = null;
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
    if (this.#isHeld) {
      this.#keep(chunk);
      return;
    }
    const begins = this.#received === this.#boundary;
    this.#received += chunk.length;
    const answering = begins && this.#underway === 0 ? this.#answer(chunk) : UNTRIED;
    if (answering instanceof Promise) this.#hold(chunk, answering);
    else if (answering === null) this.#answered(this.#socket.timeout ?? 0);
    else this.#pass(begins ? chunk : null, chunk, answering);
  };

  /** The parser has found a request: in the last chunk, if it has been given more than one. */
  requested(request: IncomingMessage, response: ServerResponse): void {
    const chunk = this.#beginning;
    this.#beginning = null;
    // The second one of a chunk, or one whose head came in pieces.
    if (chunk === null) return;
    this.#leave(request);
    // The connection ends with it, by whatever header Node was told so.
    if (!response.shouldKeepAlive) return;
    const head = this.#parts.heads.learn(chunk, request);
    if (head === null) return;
    this.#boundary = this.#received - chunk.length + head.bytes.length + head.contentLength;
    this.#underway += 1;
    response.once('close', () => {
      this.#underway -= 1;
      this.#isProven = request.complete;
    });
  }

  #pass(beginning: Buffer | null, chunk: Buffer, leave: Leave): void {
    this.#beginning = beginning;
    this.#leave = leave;
    this.#parse(chunk);
    this.#beginning = null;
  }

  /** @param timeout of the connection while it is idle. */
  #answered(timeout: number): void {
    this.#boundary = this.#received;
    const socket = this.#socket;
    if (socket.writableLength === 0) {
      if (socket.timeout !== timeout) socket.setTimeout(timeout);
      return;
    }
    // As Node does: the time begins when the client has all.
    socket.setTimeout(0);
    socket.write('', () => {
      // Of a request that has come meanwhile the server counts the time, and after its answer that of the connection again.
      if (this.#underway === 0 && this.#received === this.#boundary) socket.setTimeout(timeout);
    });
  }

  #hold(chunk: Buffer, answering: Promise<Answering>): void {
    const socket = this.#socket;
    const { timeout = 0 } = socket;
    const { held } = this.#parts;
    socket.setTimeout(0);
    this.#isHeld = true;
    held.add(this);
    void answering.then((leave) => {
      this.#isHeld = false;
      held.delete(this);
      const kept = this.#kept;
      this.#kept = null;
      // Nobody is there any more, and the parser may be somebody else's.
      if (!socket.readable || !socket.writable) return;
      if (leave === null) this.#answered(timeout);
      else this.#pass(chunk, chunk, leave);
      if (kept === null) return;
      this.take(kept);
      socket.resume();
    });
  }

  #keep(chunk: Buffer): void {
    this.#kept = this.#kept === null ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#socket.pause();
  }

  #answer(chunk: Buffer): Answering | Promise<Answering> {
    const socket = this.#socket;
    // Whoever does not read is sent nothing more from here.
    if (!this.#isProven || !socket.writable || socket.writableLength > 0) return UNTRIED;
    const asked = this.#askedBy(chunk);
    if (asked === null) return UNTRIED;
    const { bytes, contentLength } = this.#head!;
    if (chunk.length !== bytes.length + contentLength) return UNTRIED;
    // A content that looks like a target is not taken for one.
    if (contentLength > 0 && chunk[bytes.length] !== BRACE) return UNTRIED;
    const text = contentLength === 0 ? asked.url! : chunk.toString('latin1', bytes.length);
    return this.#parts.answer(asked, text, socket);
  }

  #askedBy(chunk: Buffer): Asked | null {
    if (this.#head !== null && startsWith(chunk, this.#head.bytes)) return this.#asked;
    const head = this.#parts.heads.find(chunk);
    if (!head?.request) return null;
    this.#head = head;
    this.#asked = { socket: this.#socket, ...head.request };
    return this.#asked;
  }
}

const startsWith = (chunk: Buffer, bytes: Buffer): boolean =>
  chunk.length >= bytes.length && bytes.compare(chunk, 0, bytes.length) === 0;
