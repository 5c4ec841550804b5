/**
 * The keys under which a CDN files answers, and by which it is told to let go of them. Made from tags with a key that the instances share: short, the same everywhere,
 * and telling nothing of the data. Two tags that meet in one key cost an answer too much, never one too few.
 *
 * A row has one key, whichever of its columns was looked at. Of tables and groups, which change with each of their rows, the columns count: a list by name
 * outlives a new rating.
 */
import { createHmac } from 'node:crypto';
import { type Change, type Dependency, EXISTENCE } from '../cache/dependency.js';
import { EVERYTHING, type Tag, modelOf, rowTag, wholeTag } from '../cache/tag.js';

export type CdnKey = string;

/** On every answer, so that all of ours can be purged and nothing else that the CDN keeps. It stands for no data, and is the same for every database. */
export const ALL_ANSWERS: CdnKey = 'larder';

const BYTES = 6;
/**
 * Keys of one answer, with what separates them. Fastly and Cloudflare take 16 KB, but Varnish 8 KB for one line (http_resp_hdr_len), and proxies
 * between seldom more.
 */
export const MAX_HEADER_BYTES = 7_500;

/** Stands where a column would, in keys for any change of a model: those of answers that depend on too much to name it all. */
const ANYTHING = '~';

export class CdnKeys {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** Of an answer, in an order of their own: equal dependencies have equal keys. */
  ofAnswer(dependencies: readonly Dependency[]): readonly CdnKey[] {
    const names = new Set<string>();
    const models = new Set<string>();
    for (const { tag, columns } of dependencies) {
      models.add(modelOf(tag));
      if (isOfRow(tag)) names.add(tag);
      else for (const column of [EXISTENCE, ...columns]) names.add(`${column} ${tag}`);
    }
    const whole = Array.from(models, wholeTag);
    const fine = this.#keysOf([...whole, ...names]);
    return bytesOf(fine) <= MAX_HEADER_BYTES ? fine : this.#keysOf([...whole, ...Array.from(models, anythingOf)]);
  }

  /** Of all answers that a change may concern. */
  ofChanges(changes: readonly Change[]): readonly CdnKey[] {
    if (changes.some(({ tag }) => tag === EVERYTHING)) return [ALL_ANSWERS];
    const names = new Set<string>();
    for (const { tag, columns } of changes) {
      names.add(anythingOf(modelOf(tag)));
      if (isOfRow(tag) || tag.endsWith('!')) names.add(tag);
      else for (const column of columns) names.add(`${column} ${tag}`);
    }
    return Array.from(names, (name) => this.#keyOf(name));
  }

  #keysOf(names: readonly string[]): CdnKey[] {
    return [ALL_ANSWERS, ...new Set(names.map((name) => this.#keyOf(name)))].sort();
  }

  #keyOf(name: string): CdnKey {
    const mac = createHmac('sha256', this.#secret).update('larder 1 cdn\n').update(name).digest();
    return mac.subarray(0, BYTES).toString('base64url');
  }
}

const anythingOf = (model: string): string => `${ANYTHING} ${model}`;

const isOfRow = (tag: Tag): boolean => tag.startsWith(rowTag(modelOf(tag), ''));

/** With a comma or a blank after each. */
const bytesOf = (keys: readonly CdnKey[]): number => keys.reduce((bytes, key) => bytes + key.length + 1, 0);
