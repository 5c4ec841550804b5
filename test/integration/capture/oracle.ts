/** What the triggers must write, found in another way: by comparing the rows before a statement with those after it. */
import { EXISTENCE } from '../../../src/cache/dependency.js';
import type { ColumnType, Model } from '../../../src/tracking/models.js';
import { groupTagOf, rowTagOf } from '../../../src/tracking/tags.js';

/** The text of each value, as PostgreSQL writes it. */
export type TextRow = Readonly<Record<string, string | null>>;

/** Each changed column under each tag, as `column tag`. */
export function changesBetween(model: Model, before: readonly TextRow[], after: readonly TextRow[]): Set<string> {
  const changes = new Set<string>();
  const add = (columns: readonly string[], tag: string) => columns.forEach((column) => changes.add(`${column} ${tag}`));
  const [old, now] = [byKey(model, before), byKey(model, after)];
  for (const [tag, row] of old) {
    const next = now.get(tag);
    if (next) rowChanged(model, tag, row, next, add);
    else [tag, model.name, ...groupsOf(model, row)].forEach((name) => add([EXISTENCE], name));
  }
  for (const [tag, row] of now)
    if (!old.has(tag)) [tag, model.name, ...groupsOf(model, row)].forEach((name) => add([EXISTENCE], name));
  return changes;
}

function rowChanged(
  model: Model,
  tag: string,
  before: TextRow,
  after: TextRow,
  add: (columns: readonly string[], tag: string) => void,
): void {
  const columns = Object.keys(model.columns).filter((column) => before[column] !== after[column]);
  if (columns.length === 0) return;
  [tag, model.name].forEach((name) => add(columns, name));
  const groups = groupsOf(model, after);
  groupsOf(model, before).forEach((group, index) => {
    if (group === groups[index]) add(columns, group);
    else [group, groups[index]!].forEach((name) => add([EXISTENCE], name));
  });
}

const byKey = (model: Model, rows: readonly TextRow[]): Map<string, TextRow> =>
  new Map(rows.map((row) => [rowTagOf(model, valuesOf(model, row)), row]));

const groupsOf = (model: Model, row: TextRow): string[] => {
  const values = valuesOf(model, row);
  return model.groups.map((columns) =>
    groupTagOf(model, Object.fromEntries(columns.map((column) => [column, values[column]])))!,
  );
};

const valuesOf = (model: Model, row: TextRow): Record<string, unknown> =>
  Object.fromEntries(Object.entries(model.columns).map(([column, type]) => [column, valueOf(type, row[column]!)]));

/** As Prisma would give it. */
function valueOf(type: ColumnType, text: string | null): unknown {
  if (text === null) return null;
  if (type === 'Int') return Number(text);
  if (type === 'BigInt') return BigInt(text);
  if (type === 'Boolean') return text === 'true';
  return text;
}
