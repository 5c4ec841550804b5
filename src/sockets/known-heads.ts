/**
 * Heads of requests, the lines before the content, by their bytes: what Node's parser made of one, it makes of the same bytes again. So they need not be
 * parsed twice, and that parser alone decides what is a request, and where it ends.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';

/** What is looked at of a request to answer it. */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
  /** What was worked out of the rest, for the next request that has the same. Left out where the head is not known. */
  readonly notes?: Record<string, string>;
}

export interface Head {
  readonly bytes: Buffer;
  /** Of what follows it. Bytes. */
  readonly contentLength: number;
  /** Null: nothing that is answered without the server. */
  readonly request: Omit<Asked, 'socket'> | null;
}

const END = Buffer.from('\r\n\r\n');
/** Longer ones are parsed each time. Bytes. */
const MAX_BYTES = 4_096;
const MAX_KNOWN_BYTES = 4 * 1024 * 1024;
/** What there is beside the bytes and the text: the headers by their names. */
const MORE_BYTES = 1_500;

export class KnownHeads {
  readonly #isOurs: (request: IncomingMessage) => boolean;
  readonly #known = new LRUCache<string, Head>({
    maxSize: MAX_KNOWN_BYTES,
    sizeCalculation: ({ bytes }) => 3 * bytes.length + MORE_BYTES,
  });

  /** @param isOurs whether a request with such a head may be answered without the server. */
  constructor(isOurs: (request: IncomingMessage) => boolean) {
    this.#isOurs = isOurs;
  }

  /** The head that `chunk` begins with, if it is known. */
  find(chunk: Buffer): Head | null {
    const text = textOfHead(chunk);
    return text === null ? null : (this.#known.get(text) ?? null);
  }

  /** @param request what the parser made of `chunk`, which begins with it. @returns null where the two differ, or the end cannot be told from the head. */
  learn(chunk: Buffer, request: IncomingMessage): Head | null {
    const text = textOfHead(chunk);
    if (text === null) return null;
    const known = this.#known.get(text);
    if (known) return known;
    const contentLength = contentLengthOf(request);
    // Blanks and line ends that a parser may forgive could be seen otherwise by us than by it.
    if (contentLength === null || text !== writtenOut(request)) return null;
    const { method, url, headers } = request;
    const head: Head = {
      bytes: Buffer.from(text, 'latin1'),
      contentLength,
      request: this.#isOurs(request) ? { method, url, headers, notes: {} } : null,
    };
    this.#known.set(text, head);
    return head;
  }
}

function textOfHead(chunk: Buffer): string | null {
  const end = chunk.indexOf(END);
  return end < 0 || end + END.length > MAX_BYTES ? null : chunk.toString('latin1', 0, end + END.length);
}

/** Null: what follows is not told by a length alone, or the connection is not kept. */
function contentLengthOf({ httpVersion, headers }: IncomingMessage): number | null {
  const { 'content-length': length = '0', connection = 'keep-alive' } = headers;
  if (httpVersion !== '1.1' || connection.toLowerCase() !== 'keep-alive') return null;
  if (headers['transfer-encoding'] !== undefined || headers.expect !== undefined || headers.upgrade !== undefined)
    return null;
  return /^\d{1,9}$/.test(length) ? Number(length) : null;
}

/** As a client writes it that does nothing unusual. */
function writtenOut({ method = '', url = '', rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/1.1\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    text += `${rawHeaders[index]!}: ${rawHeaders[index + 1]!}\r\n`;
  return `${text}\r\n`;
}
