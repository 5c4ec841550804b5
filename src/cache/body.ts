/**
 * What is kept and sent: bytes, as a text with a character for each (ISO 8859-1). Such a text is sent together with the headers in one go, and a miss
 * makes it for next to nothing: a buffer beside the heap cost it 15 µs of 120, most of that in the garbage collector (2026-11-29).
 */
declare const isBody: unique symbol;
export type Body = string & { readonly [isBody]: true };

export const EMPTY = '' as Body;

/** The UTF-8 of a text. */
export const bodyOf = (text: string): Body => (isAscii(text) ? (text as Body) : bodyOfBytes(Buffer.from(text)));

/** A copy of what there is from there on. */
export const bodyOfBytes = ({ buffer, byteOffset, byteLength }: Uint8Array, from = 0): Body =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1', from) as Body;

export const bytesOf = (body: Body): Buffer => Buffer.from(body, 'latin1');

/** The text whose UTF-8 it is. */
export const textOf = (body: Body): string => bytesOf(body).toString();

/** Only then each of its characters is one byte. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;
