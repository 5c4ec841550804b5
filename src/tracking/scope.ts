/** The tags that stand for all rows a question could be about. */
import { type Tag, tableTag } from '../cache/tag.js';
import type { Model } from './models.js';
import { narrowestGroups, rowTagOf } from './tags.js';

/** What is known of every row that is asked for: of each of these columns, the value is one of these. */
export type Equalities = Readonly<Record<string, readonly unknown[]>>;

/** More rows than this are not named one by one where a table or a group will do. */
const MAX_ROWS = 100;

/** The narrowest tags under which every change is noted that could add a row to those asked for, take one away, or alter one. */
export const scopeTags = (model: Model, equalities: Equalities): Tag[] =>
  rowTags(model, equalities) ?? narrowestGroups(model, equalities) ?? [tableTag(model.name)];

/** Rows that are asked for by their primary key; null if they are not. Of a key with several parts only one row at a time. */
function rowTags(model: Model, equalities: Equalities): Tag[] | null {
  const values = model.key.map((column) => equalities[column]);
  if (values.includes(undefined)) return null;
  const [first] = values;
  if (model.key.length === 1 && first!.length <= MAX_ROWS)
    return first!.filter(isKey).map((value) => rowTagOf(model, { [model.key[0]!]: value }));
  if (values.some((part) => part!.length !== 1 || !isKey(part![0]))) return null;
  return [rowTagOf(model, Object.fromEntries(model.key.map((column, index) => [column, values[index]![0]])))];
}

/** No row has null in its key. */
const isKey = (value: unknown): boolean => value !== null;
