/** Codings of contents (RFC 9110, 8.4): which one a client takes, and how it is made. */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

export type Coding = 'br' | 'zstd' | 'gzip';
type Compress = (content: Uint8Array) => Promise<Uint8Array>;

/** A packet holds that much anyway, and small contents hardly shrink. */
export const LEAST_BYTES = 1_000;

/** On a thread of the pool. Of the qualities, the one beyond which JSON of some 10 KB takes much longer and becomes little smaller. */
const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);
const QUALITY = { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 };

/** Since Node 22.15. */
type WithZstd = { zstdCompress?: (content: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void };
const { zstdCompress } = zlib as WithZstd;
const zstd = zstdCompress && promisify(zstdCompress);

/** In the order in which we would choose. */
export const COMPRESS: ReadonlyMap<Coding, Compress> = new Map([
  [
    'br',
    (content) => brotli(content, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length, ...QUALITY } }),
  ],
  ...(zstd ? ([['zstd', (content) => zstd(content)]] satisfies [Coding, Compress][]) : []),
  ['gzip', (content) => gzip(content)],
] satisfies [Coding, Compress][]);

/** Since 1.0; the types are of 0.6. */
interface WithPreference {
  encodings(available: readonly string[], options: { preferred: readonly string[] }): string[];
}

const AVAILABLE = [...COMPRESS.keys(), 'identity'];
interface Codings {
  /** The one to choose; null for none. */
  readonly best: Coding | null;
  /** All that the client takes. */
  readonly allowed: readonly Coding[];
}

const NONE: Codings = { best: null, allowed: [] };
const MAX_REMEMBERED = 500;
/** Clients say it in less; to go through more would cost more than it saves. */
const MAX_LENGTH = 200;
const remembered = new LRUCache<string, Codings>({ max: MAX_REMEMBERED });

/** For a client that sends this Accept-Encoding. */
export function codingsFor(acceptEncoding: string | undefined): Codings {
  if (acceptEncoding === undefined || acceptEncoding.length > MAX_LENGTH) return NONE;
  let codings = remembered.get(acceptEncoding);
  if (!codings) remembered.set(acceptEncoding, (codings = negotiate(acceptEncoding)));
  return codings;
}

function negotiate(acceptEncoding: string): Codings {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } }) as WithPreference;
  const found = negotiator.encodings(AVAILABLE, { preferred: [...COMPRESS.keys()] });
  const allowed = found.filter((coding): coding is Coding => coding !== 'identity');
  return { best: found[0] === allowed[0] ? (allowed[0] ?? null) : null, allowed };
}
