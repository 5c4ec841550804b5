/**
 * Server-sent events for the dashboard: a tick a second, written once and sent to all who listen. Their number is bounded, and who reads too
 * slowly is dropped: nothing is kept for anybody.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

interface LiveStreamParts {
  /** For a new listener: what it missed. JSON. */
  history: () => string;
  /** JSON. */
  tick: () => string;
  /** Before each tick; not waited for. */
  look: () => void;
  /** Whether a listener may still listen. */
  mayListen: (request: IncomingMessage) => Promise<boolean>;
}

const TICK_MS = 1_000;
export const MAX_LISTENERS = 16;
/** More than this unread, and a listener is too slow. */
const MAX_UNREAD_BYTES = 512 * 1024;
/** Tokens end, and are withdrawn. */
const TICKS_PER_CHECK = 15;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

export class LiveStream {
  readonly #parts: LiveStreamParts;
  readonly #listeners = new Map<ServerResponse, IncomingMessage>();
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #isClosed = false;

  constructor(parts: LiveStreamParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#listeners.size;
  }

  /** @returns false if there are too many already, or the server is stopping. */
  add(request: IncomingMessage, response: ServerResponse): boolean {
    // Whoever has gone while it was found out who they are has been told of already, and would keep their place.
    if (response.destroyed) return true;
    if (this.#isClosed || this.#listeners.size >= MAX_LISTENERS) return false;
    response.writeHead(200, HEADERS);
    this.#listeners.set(response, request);
    response.on('close', () => this.#remove(response));
    // Whoever goes away while it is written to takes nobody along; 'close' follows.
    response.on('error', () => undefined);
    this.#parts.look();
    response.write(`${event('history', this.#parts.history())}${event('tick', this.#parts.tick())}`);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    return true;
  }

  /** The server is stopping: listeners are told, and look elsewhere. */
  close(): void {
    this.#isClosed = true;
    for (const response of this.#listeners.keys()) this.#dismiss(response);
  }

  #tick(): void {
    this.#ticks += 1;
    this.#parts.look();
    const text = event('tick', this.#parts.tick());
    for (const [response, request] of this.#listeners) {
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(text);
      if (this.#ticks % TICKS_PER_CHECK === 0) void this.#check(request, response);
    }
  }

  async #check(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await this.#parts.mayListen(request))) this.#dismiss(response);
  }

  /** No tick may follow what ends it, and 'close' comes late or never for one that does not read. */
  #dismiss(response: ServerResponse): void {
    this.#remove(response);
    if (!response.writableEnded) response.end(event('bye', '{}'));
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response);
    if (this.#listeners.size === 0) this.#stop();
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;
