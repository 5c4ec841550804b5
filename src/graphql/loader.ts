/** DataLoaders that live as long as the Db they read through: one request, or one transaction. */
import DataLoader from 'dataloader';
import { Prisma } from '../platform/prisma/client.js';
import type { Db, KeyedStatement } from '../tracking/db.js';
import { modelNamed } from '../tracking/models.js';
import { readingOfEach } from '../tracking/reading.js';
import type { ModelRow } from './models.js';

export type LoaderOf<Key, Value> = (db: Db) => DataLoader<Key, Value, unknown>;

/**
 * A loader of `load(db, keys)`, which answers all keys of a tick together, in their order.
 * Keys that are not plain values need `cacheKey`.
 */
export function defineLoader<Key, Value>(
  load: (db: Db, keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  cacheKey?: (key: Key) => unknown,
): LoaderOf<Key, Value> {
  const make = (db: Db) =>
    new DataLoader<Key, Value, unknown>(
      (keys) => {
        db.work?.batches.push(keys.length);
        return load(db, keys);
      },
      cacheKey ? { cacheKeyFn: cacheKey } : {},
    );
  const loaderOf: LoaderOf<Key, Value> = (db) => db.keep(loaderOf, () => make(db));
  return loaderOf;
}

/** A statement that is always the same but for its keys, which `column` of its rows has. `rowsOfKey`: see KeyedStatement. */
export const keyedBy = (column: string, rowsOfKey: number, of: KeyedStatement['of']): KeyedStatement => ({
  family: of,
  variant: '',
  column,
  rowsOfKey,
  of,
});

/** The rows of a model by a column that is unique; null where there is none. */
export function rowsBy<Model extends keyof ModelRow, Column extends keyof ModelRow[Model] & string>(
  model: Model,
  column: Column,
): LoaderOf<ModelRow[Model][Column] & (string | number), ModelRow[Model] | null> {
  type Key = ModelRow[Model][Column] & (string | number);
  const isInt = modelNamed(model).columns[column] === 'Int';
  const table = Prisma.raw(`"${model}"`);
  const key = Prisma.raw(`"${column}"`);
  const type = Prisma.raw(isInt ? 'int' : 'text');
  const select = (keys: readonly Key[]) => Prisma.sql`SELECT * FROM ${table} WHERE ${key} = ANY(${keys}::${type}[])`;
  const byInt = keyedBy(column, 1, select as KeyedStatement['of']);
  return defineLoader<Key, ModelRow[Model] | null>(async (db, keys) => {
    // Each key by itself: a response depends on those that it asked for, found or not.
    const reading = () => readingOfEach(modelNamed(model), column, keys);
    const rows = await (isInt
      ? db.keyed<ModelRow[Model]>(byInt, keys as readonly number[], reading)
      : db.sql<ModelRow[Model]>(select(keys), reading));
    const observed = db.observed(model, rows);
    const byKey = new Map<unknown, ModelRow[Model]>(rows.map((row, index) => [row[column], observed[index]!]));
    return keys.map((wanted) => byKey.get(wanted) ?? null);
  });
}

/** The rows that must exist because a foreign key says so. */
export async function required<Value>(loaded: Promise<Value | null>): Promise<Value> {
  const value = await loaded;
  if (value === null) throw new Error('A row that a foreign key points at is missing.');
  return value;
}

/** Rows by what `keyOf` finds in them, each group in the order of the rows. Node 20 has no Map.groupBy. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
