/**
 * What must be seen. Each register is a number that only grows, kept in the data: as `k7v12;` in a text (register 7,
 * version 12) or as a count. Whoever starts to read after a growth was acknowledged must see it or a later one. So one number
 * per register is all that a check needs, however long the run (a counter register; RELIABILITY calls it (a)).
 */

/** What happened to one register last, for who has to find out why a read was stale. */
const TRACE_LENGTH = 60;

export const textOf = (key: number, version: number): string => `k${key}v${version};`;

export class Registers {
  /** The newest that was acknowledged. */
  readonly #acknowledged: Int32Array;
  /** The newest that anyone has begun to write. */
  readonly #begun: Int32Array;
  readonly #traces: string[][];
  readonly #origin = performance.now();

  constructor(count: number) {
    this.#acknowledged = new Int32Array(count);
    this.#begun = new Int32Array(count);
    this.#traces = Array.from({ length: count }, () => []);
  }

  /** The version that is to be written now. It may be seen from now on. */
  begin(key: number): number {
    this.#begun[key]! += 1;
    return this.#begun[key]!;
  }

  /** From now on it, or a newer one, must be seen. */
  acknowledge(key: number, version: number): void {
    if (this.#acknowledged[key]! < version) this.#acknowledged[key] = version;
  }

  /** For counts, where one growth is like another. */
  acknowledgeOne(key: number): void {
    this.#acknowledged[key]! += 1;
  }

  /** What a read that starts now must see. */
  floors(): Int32Array {
    return this.#acknowledged.slice();
  }

  begun(key: number): number {
    return this.#begun[key]!;
  }

  note(key: number, text: string): void {
    const trace = this.#traces[key]!;
    trace.push(`${this.now().toFixed(0)} ms: ${text}`);
    if (trace.length > TRACE_LENGTH) trace.shift();
  }

  trace(key: number): readonly string[] {
    return [...this.#traces[key]!];
  }

  /** Milliseconds since the beginning. */
  now(): number {
    return performance.now() - this.#origin;
  }
}
