/**
 * Chance that can be repeated: the key stream of AES in counter mode. The same seed gives the same numbers on every
 * machine and every version of Node.js.
 *
 * Each part of the marketplace draws from a stream of its own, so that more agents do not change the collections. What
 * is drawn is worked on with + − × ÷ alone: IEEE 754 fixes those to the last bit, and leaves pow and log to the engine.
 */
import { createCipheriv, createHash } from 'node:crypto';

const BLOCK = Buffer.alloc(4_096);

export class Random {
  readonly #cipher: ReturnType<typeof createCipheriv>;
  #bytes = Buffer.alloc(0);
  #position = 0;

  constructor(seed: string, stream: string) {
    const key = createHash('sha256')
      .update(JSON.stringify([seed, stream]))
      .digest();
    this.#cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** From 0 to below 1. */
  fraction(): number {
    if (this.#position === this.#bytes.length) {
      this.#bytes = this.#cipher.update(BLOCK);
      this.#position = 0;
    }
    this.#position += 4;
    return this.#bytes.readUInt32LE(this.#position - 4) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)]!;
  }

  shuffled<T>(items: Iterable<T>): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.int(0, i);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }

  /** Draws until `count` different ones have come, or all of `available`. */
  distinct<T>(count: number, available: number, draw: () => T): T[] {
    const drawn = new Set<T>();
    while (drawn.size < Math.min(count, available)) drawn.add(draw());
    return [...drawn];
  }

  /** A moment between two, nearer to the later one if `recent`. */
  moment(from: Date, to: Date, recent = false): Date {
    const fraction = this.fraction();
    const share = recent ? 1 - fraction * fraction : fraction;
    return new Date(from.getTime() + Math.floor((to.getTime() - from.getTime()) * share));
  }

  hex(bytes: number): string {
    return Array.from({ length: bytes }, () => this.int(0, 255).toString(16).padStart(2, '0')).join('');
  }
}
