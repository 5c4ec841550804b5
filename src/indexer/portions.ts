/**
 * Changes in portions of which the triggers tell each row. A statement that writes more rows (MAX_ROWS in src/tracking/triggers.ts) is told as a change of all rows
 * of the table: then nothing that is cached of any collection lasts, for as long as such statements follow one another.
 */
export const PORTION = 200;

/** @param rowsOf how many rows an item makes: one that makes more than a portion is one by itself. */
export function* portionsOf<T>(items: readonly T[], rowsOf: (item: T) => number = () => 1): Generator<T[]> {
  let portion: T[] = [];
  let rows = 0;
  for (const item of items) {
    const more = rowsOf(item);
    if (portion.length > 0 && rows + more > PORTION) {
      yield portion;
      [portion, rows] = [[], 0];
    }
    portion.push(item);
    rows += more;
  }
  if (portion.length > 0) yield portion;
}
