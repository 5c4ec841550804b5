import type { Outcome } from './writer.js';

/** How often writes of each kind came to what. */
export class Tally {
  readonly #counts = new Map<string, Map<Outcome, number>>();

  add(title: string, outcome: Outcome): void {
    const counts = this.#counts.get(title) ?? new Map<Outcome, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    this.#counts.set(title, counts);
  }

  told(): Record<string, string> {
    const sorted = [...this.#counts].sort(([one], [other]) => one.localeCompare(other));
    const tell = (counts: ReadonlyMap<Outcome, number>) =>
      [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    return Object.fromEntries(sorted.map(([title, counts]) => [title, tell(counts)]));
  }
}
