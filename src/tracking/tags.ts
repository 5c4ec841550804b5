/** The tags of rows and of groups of rows, by the metadata. The triggers make the same ones in SQL. */
import { type Tag, groupTag, rowTag } from '../cache/tag.js';
import type { Model } from './models.js';
import { spell, spellKey } from './spelling.js';

/** More groups than this are not named one by one: the table is named instead. */
const MAX_GROUPS = 100;

/** Tags by the keys of rows, of one model. Most rows are read again and again, and a tag that is made once is kept once by all entries that depend on it. */
const MAX_KNOWN = 10_000;
/** Characters. */
const MAX_KNOWN_KEY = 100;
const known = new Map<Model, Map<unknown, Tag>>();

/** @throws if `row` lacks a part of the key, or has one that is no value of its column. */
export function rowTagOf(model: Model, row: Readonly<Record<string, unknown>>): Tag {
  if (model.key.length > 1) return newRowTag(model, row);
  let tags = known.get(model);
  if (!tags) known.set(model, (tags = new Map<unknown, Tag>()));
  const key = row[model.key[0]!];
  let tag = tags.get(key);
  if (tag === undefined) {
    tag = newRowTag(model, row);
    if (tags.size >= MAX_KNOWN) tags.clear();
    // Objects, such as decimals, are never met again, and long texts are too much to keep.
    if (typeof key === 'number' || (typeof key === 'string' && key.length <= MAX_KNOWN_KEY)) tags.set(key, tag);
  }
  return tag;
}

function newRowTag(model: Model, row: Readonly<Record<string, unknown>>): Tag {
  const parts = model.key.map((column) => spellKey(model.columns[column]!, row[column]));
  if (parts.includes(null)) throw new Error(`This is no key of ${model.name}: its tag needs ${model.key.join(', ')}.`);
  return rowTag(model.name, parts.join(','));
}

/** The group of the rows that have exactly these values; null is one. Null if there is no such group, or a value cannot be spelled. */
export function groupTagOf(model: Model, values: Readonly<Record<string, unknown>>): Tag | null {
  const given = Object.keys(values);
  const group = model.groups.find(
    (columns) => columns.length === given.length && columns.every((c) => given.includes(c)),
  );
  return group ? tagOf(model, group, (column) => values[column]) : null;
}

/**
 * For rows that have one of these values in each of these columns: the tags of the groups that hold them all, of the kind that holds the fewest
 * others. Empty if no row can have them (`in: []`). Null if no group serves, or too many would: use the table.
 */
export function narrowestGroups(model: Model, equalities: Readonly<Record<string, readonly unknown[]>>): Tag[] | null {
  const wider = (a: readonly string[], b: readonly string[]) => b.length - a.length;
  const usable = model.groups.filter((group) => group.every((column) => equalities[column] !== undefined));
  for (const group of [...usable].sort(wider)) {
    const combinations = combine(group.map((column) => equalities[column]!));
    const tags = combinations?.map((values) => tagOf(model, group, (_, index) => values[index]));
    if (tags?.every((tag) => tag !== null)) return [...new Set(tags)];
  }
  return null;
}

function tagOf(
  model: Model,
  group: readonly string[],
  valueOf: (column: string, index: number) => unknown,
): Tag | null {
  const pairs: [string, string][] = [];
  for (const [index, column] of group.entries()) {
    const spelled = spell(model.columns[column]!, valueOf(column, index));
    if (spelled === null) return null;
    pairs.push([column, spelled]);
  }
  return groupTag(model.name, pairs);
}

/** All ways to take one value from each list; null if there are too many. */
function combine(lists: readonly (readonly unknown[])[]): unknown[][] | null {
  if (lists.reduce((product, list) => product * list.length, 1) > MAX_GROUPS) return null;
  return lists.reduce<unknown[][]>((ways, list) => ways.flatMap((way) => list.map((value) => [...way, value])), [[]]);
}
