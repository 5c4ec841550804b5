/** HMAC-SHA256 (RFC 2104) for many short messages under one key. */
import { hash } from 'node:crypto';

/** Of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Of messages for which room is kept. */
const USUAL_BYTES = 16 * 1024;

/** Of `head` and `content` as one message. As a text, which can be put into a buffer that is there already: to have hash() make one takes a microsecond more (1.4 and 0.3 µs, Node 20, 2026-11-29). */
export type Mac = (head: string, content: Uint8Array) => string;

/**
 * By two hashes in one go each. Node's own makes an object for each, which takes half as long again and is left to the garbage collector (3.8 and 2.6 µs
 * for 2,500 bytes, Node 20, 2026-11-28).
 * @param key of 64 bytes at most.
 */
export function createMac(key: Uint8Array): Mac {
  if (key.byteLength > BLOCK_BYTES) throw new Error(`A key has ${BLOCK_BYTES} bytes at most.`);
  const padded = (pad: number) => Buffer.alloc(BLOCK_BYTES).map((_, index) => (key[index] ?? 0) ^ pad);
  const inner = padded(0x36);
  const usual = Buffer.concat([inner, Buffer.alloc(USUAL_BYTES)]);
  const outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST_BYTES)]);
  return (head, content) => {
    const contentAt = BLOCK_BYTES + Buffer.byteLength(head);
    const bytes = contentAt + content.length;
    const message = bytes <= usual.byteLength ? usual : Buffer.concat([inner], bytes);
    message.write(head, BLOCK_BYTES);
    message.set(content, contentAt);
    outer.write(hash('sha256', message.subarray(0, bytes), 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', outer, 'binary');
  };
}
