/**
 * Authenticates what passes through stores and buses that are not trusted: HMAC-SHA256 (RFC 2104) under a key that the ledger keeps. Whoever can
 * write to Redis but not to the database can lose or repeat what we wrote, and make up nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import { type Mac, createMac } from './mac.js';

const MAC_BYTES = 32;

/** What is sealed for one purpose does not open for another. */
type Purpose = 'entry 2' | 'message';

export class Seal {
  readonly #macOf: Mac;

  constructor(key: Uint8Array) {
    this.#macOf = createMac(key);
  }

  close(purpose: Purpose, content: Uint8Array): Uint8Array {
    return Buffer.concat([this.#mac(purpose, content), content]);
  }

  /** @returns the content; null if it was not closed with this key for this purpose. */
  open(purpose: Purpose, sealed: Uint8Array): Uint8Array | null {
    if (sealed.byteLength < MAC_BYTES) return null;
    const content = sealed.subarray(MAC_BYTES);
    return timingSafeEqual(sealed.subarray(0, MAC_BYTES), this.#mac(purpose, content)) ? content : null;
  }

  #mac(purpose: Purpose, content: Uint8Array): Buffer {
    return Buffer.from(this.#macOf(`larder 1 ${purpose}\n`, content), 'binary');
  }
}
