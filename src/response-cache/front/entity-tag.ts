/** Strong entity tags (RFC 9110, 8.8.3). Made with a key that the instances share: all give one content the same tag, and nobody else can tell what it stands for. */
import { createHmac } from 'node:crypto';
import type { Entry } from '../../cache/entry.js';

/** Without quotes. 128 bits: nobody meets two contents of one tag. */
export type EntityTag = string;

const BYTES = 16;

export type TagEntry = (entry: Entry) => EntityTag;

/** @param alsoOf what equal contents may differ in all the same; nothing if left out. */
export const createTagger =
  (key: Uint8Array, alsoOf?: (entry: Entry) => readonly string[]): TagEntry =>
  (entry) => {
    const mac = createHmac('sha256', key).update('larder 1 etag\n');
    if (alsoOf) mac.update(`${alsoOf(entry).join(' ')}\n`);
    return mac.update(entry.body).digest().subarray(0, BYTES).toString('base64url');
  };

/** Each form of a content that is coded otherwise has a tag of its own. */
export const tagOfCoding = (tag: EntityTag, coding: string | null): EntityTag =>
  coding === null ? tag : `${tag}-${coding}`;

/**
 * The tag among those that If-None-Match names which stands for this content, as it is or in one of the codings that the client takes; null if there is none. `*` stands for
 * whatever there is. Compared weakly (RFC 9110, 13.1.2), since proxies that compress on their way make tags weak.
 */
export function matchingTag(ifNoneMatch: string, tag: EntityTag, codings: readonly string[]): EntityTag | null {
  if (ifNoneMatch === `"${tag}"` || ifNoneMatch.trim() === '*') return tag;
  for (const [, named] of ifNoneMatch.matchAll(/"([^"]*)"/g))
    if (named === tag || codings.some((coding) => named === tagOfCoding(tag, coding))) return named!;
  return null;
}
