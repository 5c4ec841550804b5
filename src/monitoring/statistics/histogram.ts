/** How long things took, counted in buckets whose bounds grow by one factor: a fixed amount of memory, and quantiles that are right to 10 %. */

/** The upper bound of the first bucket. Milliseconds. */
const FIRST_MS = 0.01;
const BUCKETS_PER_DOUBLING = 4;
/** The last bound: 139 s. What took longer is in it, too. */
const BUCKETS = 96;

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    const index =
      ms <= FIRST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / FIRST_MS) * BUCKETS_PER_DOUBLING));
    this.#counts[index]! += 1;
    this.#count += 1;
  }

  add(other: Histogram): void {
    for (let index = 0; index < BUCKETS; index += 1) this.#counts[index]! += other.#counts[index]!;
    this.#count += other.#count;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  /** Milliseconds, the middle of the bucket; null where nothing was recorded. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    let index = 0;
    for (; index < BUCKETS - 1; index += 1) if ((seen += this.#counts[index]!) >= rank) break;
    return FIRST_MS * 2 ** ((index - 0.5) / BUCKETS_PER_DOUBLING);
  }
}

/** Milliseconds. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export const quantilesOf = (durations: Histogram): Quantiles => ({
  p50: rounded(durations.quantile(0.5)),
  p95: rounded(durations.quantile(0.95)),
  p99: rounded(durations.quantile(0.99)),
});

/** Three digits say all that is known. */
const rounded = (ms: number | null): number | null => (ms === null ? null : Number(ms.toPrecision(3)));
