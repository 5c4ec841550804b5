/** Strong entity tags (RFC 9110, 8.8.3). Made with a key that the instances share: all give one content the same tag, and nobody else can tell what it stands for. */
import type { Entry } from '../../cache/entry.js';
import { createMac } from '../../cache/mac.js';

/** Without quotes. 132 bits: nobody meets two contents of one tag. */
export type EntityTag = string;

/** Of base64url, six bits in each. */
const CHARACTERS = 22;

export type TagEntry = (entry: Entry) => EntityTag;

/** @param alsoOf what equal contents may differ in all the same; nothing if left out. */
export function createTagger(key: Uint8Array, alsoOf?: (entry: Entry) => readonly string[]): TagEntry {
  const mac = createMac(key);
  return (entry) => {
    const also = alsoOf ? `${alsoOf(entry).join(' ')}\n` : '';
    return mac(`larder 1 etag\n${also}`, entry.body, 'base64url').slice(0, CHARACTERS);
  };
}

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
