/** Tags as people write them (`Agent`, `Agent:42`, `Nft[collectionId=7]`), and as they are shown (`Agent!`), read into the one spelling that reads and writes use. */
import { type Tag, wholeTag } from '../cache/tag.js';
import { type ColumnType, type Model, isModelName, modelNamed } from './models.js';
import { groupTagOf, rowTagOf } from './tags.js';

/** A model by its name alone means everything of it, as it does with the mark of that. */
const FORM = /^([A-Za-z_]\w*)(?:!|:(.+)|\[(.+)\])?$/s;
/** A column, and a value: plain, or quoted as JSON where it has a comma, a bracket or a quote in it. */
const PAIR = /\s*(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|[^,"]*)\s*(?:,|$)/y;

/** @throws TagError that says what the tag should look like. */
export function readTag(text: string): Tag {
  const [, name = '', key, group] = FORM.exec(text.trim()) ?? [];
  if (!isModelName(name))
    throw new TagError('names no model: write one as Agent, a row as Agent:42, a group as Nft[collectionId=7]');
  const model = modelNamed(name);
  if (key !== undefined) return readRow(model, key);
  return group === undefined ? wholeTag(name) : readGroup(model, group);
}

/** What is wrong with a tag, to be said after its place. */
export class TagError extends Error {
  override name = 'TagError';
}

function readRow(model: Model, key: string): Tag {
  const parts = model.key.length === 1 ? [key] : key.split(',');
  const row = Object.fromEntries(
    model.key.map((column, index) => [column, readValue(model.columns[column]!, parts[index] ?? '')]),
  );
  try {
    if (parts.length === model.key.length) return rowTagOf(model, row);
  } catch {
    // Told below.
  }
  throw new TagError(`is no row: ${model.name} has the key ${model.key.join(',')}`);
}

function readGroup(model: Model, text: string): Tag {
  const pairs = readPairs(text);
  const values = Object.fromEntries(
    (pairs ?? []).map(([column, value]) => [column, readValue(model.columns[column] ?? 'Other', value)]),
  );
  const tag = pairs && groupTagOf(model, values);
  if (tag) return tag;
  const groups = model.groups.map((columns) => `${model.name}[${columns.map((column) => `${column}=…`).join(',')}]`);
  throw new TagError(`is no group: ${model.name} has ${groups.length > 0 ? groups.join(', ') : 'none'}`);
}

function readPairs(text: string): [column: string, value: string][] | null {
  const pairs: [string, string][] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, column, value] = PAIR.exec(text) ?? [];
    if (column === undefined || value === undefined) return null;
    pairs.push([column, value]);
  }
  return pairs;
}

/**
 * As the database would give it; undefined, which has no spelling, for what is no value of the type.
 * @throws TagError for a text that PostgreSQL could not even be asked about.
 */
function readValue(type: ColumnType, text: string): unknown {
  const plain = text.startsWith('"') ? unquoted(text) : text.trim();
  if (plain === 'null' && !text.startsWith('"')) return null;
  switch (type) {
    case 'Int':
    case 'BigInt':
      return /^-?\d{1,20}$/.test(plain) ? BigInt(plain) : undefined;
    case 'Boolean':
      return plain === 'true' ? true : plain === 'false' ? false : undefined;
    default:
      if (/[\0\p{Surrogate}]/u.test(plain))
        throw new TagError('has NUL or half a character in it, which no row can have');
      return plain;
  }
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
