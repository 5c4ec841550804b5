/** An entry, ready to be sent: its tag and its compressed forms are made once, and not while anybody waits for them. */
import { LRUCache } from 'lru-cache';
import { type Body, bodyOfBytes, bytesOf } from '../../cache/body.js';
import type { Entry } from '../../cache/entry.js';
import type { CdnMarks } from '../../cdn/cdn-marks.js';
import { type Caching, cacheControlOf } from '../http-caching.js';
import { readNote } from '../note.js';
import { COMPRESS, type Coding, LEAST_BYTES } from './content-coding.js';
import { type EntityTag, tagOfCoding } from './entity-tag.js';
import { type RawHeaders, linesOf } from '../../sockets/wire.js';
import type { Dress, Worn } from './known-headers.js';

/** What there is beside the contents. Bytes. */
const SENDABLE_BYTES = 1_000;

/** A content as it goes over the wire. */
interface Form {
  /** Null: as it is. */
  readonly coding: Coding | null;
  readonly tag: EntityTag;
  readonly content: Body;
}

export class Sendables {
  readonly #caching: Caching;
  readonly #made: LRUCache<Entry, Sendable>;

  constructor(maxBytes: number, caching: Caching) {
    this.#caching = caching;
    this.#made = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  }

  /** How much memory all of them take. */
  get bytes(): number {
    return this.#made.calculatedSize;
  }

  of(entry: Entry): Sendable {
    let sendable = this.#made.get(entry);
    if (!sendable) this.#made.set(entry, (sendable = new Sendable(entry, this.#caching)));
    return sendable;
  }

  /** In `coding` if that has been made, which it will be from now on; as it is if not. */
  formOf(sendable: Sendable, coding: Coding | null): Form {
    if (coding === null) return sendable.plain;
    const form = sendable.coded.get(coding);
    // One that is too large to be kept is not compressed for a single answer.
    if (form === undefined && this.#made.has(sendable.entry)) {
      sendable.coded.set(coding, null);
      void this.#make(sendable, coding);
    }
    return form ?? sendable.plain;
  }

  async #make(sendable: Sendable, coding: Coding): Promise<void> {
    const { entry, tag } = sendable;
    const { body } = entry;
    if (body.length < LEAST_BYTES) return;
    const made = await COMPRESS.get(coding)!(bytesOf(body)).catch(() => null);
    if (made === null || made.byteLength >= body.length) return;
    sendable.coded.set(coding, { coding, tag: tagOfCoding(tag, coding), content: bodyOfBytes(made) });
    // It has grown, which is noticed of new ones only.
    if (this.#made.delete(entry)) this.#made.set(entry, sendable);
  }
}

export interface Times {
  /** Seconds since it was executed. */
  readonly age: number;
  /** Seconds for which it is good by time. */
  readonly ttl: number;
}

class Sendable {
  readonly entry: Entry;
  readonly tag: EntityTag;
  readonly plain: Form;
  /** Null: not made yet, or of no use. */
  readonly coded = new Map<Coding, Form | null>();
  /** Of an answer that no CDN is to keep. */
  readonly #cacheControl: RawHeaders;
  readonly #cdn: CdnMarks | null;
  /** The last that were asked for: they change once a second, with the age. */
  #of: { worn: Worn; age: number; tag: EntityTag } = { worn: NOTHING, age: -1, tag: '' };
  #headers = new AnswerHeaders(NOTHING, []);

  constructor(entry: Entry, { tagOf, cdn }: Caching) {
    this.entry = entry;
    this.tag = tagOf(entry);
    this.plain = { coding: null, tag: this.tag, content: entry.body };
    const isForAll = readNote(entry.note).privateBy === null;
    this.#cacheControl = ['cache-control', cacheControlOf(isForAll && cdn === null)];
    this.#cdn = isForAll ? cdn : null;
  }

  get bytes(): number {
    // The entry is kept with it, even if the cache has dropped it meanwhile.
    let bytes = this.entry.bytes + SENDABLE_BYTES;
    for (const form of this.coded.values()) bytes += form?.content.length ?? 0;
    return bytes;
  }

  /** All headers of an answer. */
  headers(dress: Dress, times: Times, { tag, coding, content }: Form): AnswerHeaders {
    if (this.#isLast(dress.headers, times, tag)) return this.#headers;
    const encoding = coding === null ? [] : ['content-encoding', coding];
    const ofForm = [...encoding, 'content-length', String(content.length), ...this.#caching(dress, times)];
    return this.#keep(dress.headers, times, tag, ofForm);
  }

  /** The same of a 304 for the form that has `tag`. */
  unchangedHeaders(dress: Dress, times: Times, tag: EntityTag): AnswerHeaders {
    if (this.#isLast(dress.unchanged, times, tag)) return this.#headers;
    return this.#keep(dress.unchanged, times, tag, this.#caching(dress, times));
  }

  #caching({ isForCdn }: Dress, { age }: Times): RawHeaders {
    const marks = isForCdn && this.#cdn ? this.#cdn.of(this.entry, age) : null;
    return marks ? ['cache-control', cacheControlOf(true), ...marks] : this.#cacheControl;
  }

  #isLast(worn: Worn, { age }: Times, tag: EntityTag): boolean {
    return this.#of.worn === worn && this.#of.age === age && this.#of.tag === tag;
  }

  #keep(worn: Worn, { age, ttl }: Times, tag: EntityTag, ofForm: readonly string[]): AnswerHeaders {
    this.#of = { worn, age, tag };
    this.#headers = new AnswerHeaders(worn, [
      ...['etag', `"${tag}"`],
      ...['x-cache', 'HIT'],
      ...['cache-status', `larder; hit; ttl=${ttl}`],
      ...['age', String(age)],
      ...ofForm,
    ]);
    return this.#headers;
  }
}

const NOTHING: Worn = { raw: [], lines: '' };
const REQUEST_ID = 'x-request-id';

/** Headers of an answer, all but for the request id, which is another each time. */
export class AnswerHeaders {
  readonly #worn: Worn;
  readonly #own: RawHeaders;
  #raw: string[] | null = null;
  #lines: string | null = null;

  /** @param own what it has besides. */
  constructor(worn: Worn, own: RawHeaders) {
    this.#worn = worn;
    this.#own = own;
  }

  /** Names and values in turn, as `writeHead` takes them. The same array each time. */
  rawWith(id: string): string[] {
    const raw = (this.#raw ??= [...this.#worn.raw, ...this.#own, REQUEST_ID, '']);
    raw[raw.length - 1] = id;
    return raw;
  }

  /** As they stand in an answer, each with its line end. */
  linesWith(id: string): string {
    return `${(this.#lines ??= `${this.#worn.lines}${linesOf(this.#own)}${REQUEST_ID}: `)}${id}\r\n`;
  }
}
