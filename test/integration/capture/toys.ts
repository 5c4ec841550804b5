/** Two tables with a column of every type, and statements that do to them whatever SQL can. */
import fc from 'fast-check';
import type { Model } from '../../../src/tracking/models.js';

const model = (parts: Omit<Model, 'relations' | 'uniques'>): Model => ({
  ...parts,
  relations: {},
  uniques: [parts.key],
});

export const BOX = model({
  name: 'Box',
  key: ['id'],
  columns: { id: 'Int', code: 'String', kind: 'Enum', weight: 'Float', made: 'DateTime' },
  groups: [['code'], ['kind']],
});

export const TOY = model({
  name: 'Toy',
  key: ['boxId', 'place'],
  columns: {
    boxId: 'Int',
    place: 'String',
    label: 'String',
    size: 'Decimal',
    count: 'BigInt',
    isNew: 'Boolean',
    serial: 'Uuid',
    data: 'Json',
    words: 'Other',
  },
  groups: [['boxId'], ['label'], ['size'], ['count'], ['isNew'], ['serial'], ['boxId', 'label']],
});

export const TABLES = `
CREATE TYPE kind AS ENUM ('SMALL', 'LARGE');
CREATE TABLE "Box" (id int PRIMARY KEY, code text, kind kind, weight double precision, made timestamptz);
CREATE TABLE "Toy" (
  "boxId" int REFERENCES "Box" ON DELETE CASCADE ON UPDATE CASCADE, place text, PRIMARY KEY ("boxId", place),
  label text, size numeric, count bigint, "isNew" boolean, serial uuid, data json, words text[]);`;

/** Few values, so that statements meet; awkward ones, so that spellings are tried; equal ones that are written differently. */
const VALUES: Record<string, readonly string[]> = {
  code: ['NULL', `'null'`, `''`, `'a'`, `'A'`, `'a,label="b"]'`, `'ü "quoted" \\ \t'`, `repeat('long', 30)`],
  kind: ['NULL', `'SMALL'`, `'LARGE'`],
  weight: ['NULL', '0', `'-0'`, '1.5', `'NaN'`],
  made: ['NULL', `'2020-01-01T00:00:00Z'`, `'2020-01-01T01:00:00+01:00'`],
  label: ['NULL', `'null'`, `''`, `'a'`, `'1'`, `E'line\\nbreak'`, `repeat('é', 51)`],
  size: ['NULL', '0', '1', '1.0', '1.50', '100', '-0.001', '123456789012345678901234567890'],
  count: ['NULL', '0', '-1', '9223372036854775807'],
  isNew: ['NULL', 'true', 'false'],
  serial: ['NULL', `'00000000-0000-4000-8000-00000000000a'`, `'00000000-0000-4000-8000-00000000000A'`],
  data: ['NULL', `'{"a":1}'`, `'{"a": 1}'`, `'[]'`],
  words: ['NULL', `'{}'`, `'{a,b}'`],
};

const id = fc.integer({ min: 1, max: 4 }).map(String);
const place = fc.constantFrom(`'top'`, `'a,b'`, `''`);
const valueOf = (column: string) => fc.constantFrom(...VALUES[column]!);
const plainColumns = (table: Model) => Object.keys(table.columns).filter((column) => !table.key.includes(column));

const rowOf = (table: Model) =>
  fc
    .tuple(...(table === BOX ? [id] : [id, place]), ...plainColumns(table).map(valueOf))
    .map((values) => `(${values.join(', ')})`);

const listOf = (table: Model) =>
  Object.keys(table.columns)
    .map((column) => `"${column}"`)
    .join(', ');

const assignments = (table: Model) =>
  fc
    .uniqueArray(fc.constantFrom(...plainColumns(table)), { minLength: 1, maxLength: 3 })
    .chain((columns) => fc.tuple(...columns.map((column) => valueOf(column).map((value) => `"${column}" = ${value}`))))
    .map((parts) => parts.join(', '));

const where = (table: Model) => {
  const key = table === BOX ? 'id' : '"boxId"';
  return fc.oneof(
    id.map((value) => `${key} = ${value}`),
    fc.constant('true'),
    id.map((value) => `${key} > ${value}`),
  );
};

const statementsOn = (table: Model): fc.Arbitrary<string>[] => {
  const name = `"${table.name}"`;
  const key = table === BOX ? 'id' : '"boxId", place';
  const rows = fc.array(rowOf(table), { minLength: 1, maxLength: 3 }).map((list) => list.join(', '));
  return [
    rows.map((list) => `INSERT INTO ${name} (${listOf(table)}) VALUES ${list} ON CONFLICT DO NOTHING`),
    fc
      .tuple(rowOf(table), assignments(table))
      .map(
        ([row, set]) =>
          `INSERT INTO ${name} (${listOf(table)}) VALUES ${row} ON CONFLICT (${key}) DO UPDATE SET ${set}`,
      ),
    fc.tuple(assignments(table), where(table)).map(([set, which]) => `UPDATE ${name} SET ${set} WHERE ${which}`),
    where(table).map(
      (which) =>
        `UPDATE ${name} SET ${plainColumns(table)
          .map((c) => `"${c}" = "${c}"`)
          .join(', ')} WHERE ${which}`,
    ),
    where(table).map((which) => `DELETE FROM ${name} WHERE ${which}`),
    fc.tuple(rowOf(table), assignments(table), fc.boolean()).map(
      ([
        row,
        set,
        removes,
      ]) => `MERGE INTO ${name} AS t USING (SELECT (r).* FROM (SELECT ROW${row}::${name} AS r) AS s) AS s
          ON ${table.key.map((column) => `t."${column}" = s."${column}"`).join(' AND ')}
          WHEN MATCHED THEN ${removes ? 'DELETE' : `UPDATE SET ${set}`}
          WHEN NOT MATCHED THEN INSERT VALUES (s.*)`,
    ),
  ];
};

/** The key of a row changes, of several at once, of two with each other; and what refers to them follows. */
const KEY_CHANGES = [
  id.chain((from) => id.map((to) => `UPDATE "Box" SET id = ${to} WHERE id = ${from}`)),
  fc.constant('UPDATE "Box" SET id = id + 10 WHERE id < 10'),
  fc.constant('UPDATE "Box" SET id = id - 10 WHERE id > 10'),
  fc.tuple(id, place).map(([from, to]) => `UPDATE "Toy" SET place = ${to} || 'x' WHERE "boxId" = ${from}`),
];

export const statement: fc.Arbitrary<string> = fc.oneof(
  ...statementsOn(BOX),
  ...statementsOn(TOY),
  ...KEY_CHANGES,
  fc.tuple(rowOf(BOX), rowOf(TOY)).map(
    ([box, toy]) => `WITH box AS (INSERT INTO "Box" VALUES ${box} ON CONFLICT (id) DO NOTHING)
      INSERT INTO "Toy" VALUES ${toy} ON CONFLICT DO NOTHING`,
  ),
);
