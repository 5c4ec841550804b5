/** Strong entity tags (RFC 9110, 8.8.3). Made with a key that the instances share: all give one content the same tag, and nobody else can tell what it stands for. */
import { createHmac, hash } from 'node:crypto';
import type { Entry } from '../../cache/entry.js';

/** Without quotes. 132 bits: nobody meets two contents of one tag. */
export type EntityTag = string;

/** Of base64url, six bits in each. */
const CHARACTERS = 22;
/** Of contents for which room is kept. */
const USUAL_BYTES = 64 * 1024;

export type TagEntry = (entry: Entry) => EntityTag;

/**
 * By a hash of the key and the content, of which about half is shown: nobody can go on from there (Coron, Dodis, Malinaud, Puniya: Merkle-Damgård Revisited,
 * CRYPTO 2005, chop-MD). An HMAC would be two hashes for each miss.
 * @param alsoOf what equal contents may differ in all the same; nothing if left out.
 */
export function createTagger(secret: Uint8Array, alsoOf?: (entry: Entry) => readonly string[]): TagEntry {
  // 64 characters: a block of its own.
  const key = createHmac('sha256', secret).update('larder 3 etag').digest('hex');
  // One text of all would be a copy that is left to the garbage collector.
  const usual = Buffer.alloc(key.length + USUAL_BYTES);
  return (entry) => {
    const also = alsoOf ? `${alsoOf(entry).join(' ')}\n` : '';
    const contentAt = key.length + also.length;
    const bytes = contentAt + entry.body.length;
    const message = bytes <= usual.byteLength ? usual : Buffer.allocUnsafe(bytes);
    message.write(key, 'latin1');
    if (also !== '') message.write(also, key.length, 'latin1');
    message.write(entry.body, contentAt, 'latin1');
    return hash('sha256', message.subarray(0, bytes), 'base64url').slice(0, CHARACTERS);
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
  // Most name the one that they were given.
  if (ifNoneMatch.length === tag.length + 2 && ifNoneMatch.startsWith(tag, 1) && isQuoted(ifNoneMatch)) return tag;
  if (ifNoneMatch.trim() === '*') return tag;
  for (const [, named] of ifNoneMatch.matchAll(/"([^"]*)"/g))
    if (named === tag || codings.some((coding) => named === tagOfCoding(tag, coding))) return named!;
  return null;
}

const isQuoted = (text: string): boolean => text.startsWith('"') && text.endsWith('"');
