/**
 * The triggers that write every change of a table into the ledger, in the writer's own transaction: SQL from the metadata of the models.
 *
 * One function a table, with static SQL, because its plans are kept. Values are compared by their bytes (`*<>`), so whatever a reader could
 * tell apart is a change, and types without equality (json) need no care.
 */
import { createHash } from 'node:crypto';
import { CAPTURE_PREFIX, type CaptureTrigger } from '../cache/postgres/capture.js';
import { EXISTENCE } from '../cache/dependency.js';
import { CHANNEL } from '../cache/postgres/own-changes.js';
import { groupTag, rowTag, tableTag, wholeTag } from '../cache/tag.js';
import type { Model } from './models.js';
import { spellInSql, spellKeyInSql } from './spelling.js';

/** A statement that touched more rows than this is not described row by row: everything of the model counts as changed. */
const MAX_ROWS = 200;

const SEARCH_PATH = 'pg_catalog, pg_temp';

/** `type`: pg_trigger.tgtype of a statement trigger after the operation. */
const OPERATIONS = [
  { name: 'insert', type: 4, tables: ['new'] },
  { name: 'update', type: 16, tables: ['old', 'new'] },
  { name: 'delete', type: 8, tables: ['old'] },
  { name: 'truncate', type: 32, tables: [] },
] as const;

/** The triggers that capture `models`, for the ledger to look after. */
export const captureTriggers = (models: readonly Model[]): CaptureTrigger[] => models.flatMap(triggersOf);

function triggersOf(model: Model): CaptureTrigger[] {
  const body = createHash('md5').update(bodyOf(model)).digest('hex');
  return OPERATIONS.map(({ name, type, tables }) => ({
    table: model.name,
    name: CAPTURE_PREFIX + name,
    // Enabled always, on all columns, unconditionally; SECURITY DEFINER, with its own search path.
    definition: [
      ...['A', type, '', 't', ...tables.map((table) => `${table}_rows`)],
      ...[functionOf(model), 't', `{"search_path=${SEARCH_PATH}"}`, body],
    ].join(' '),
  }));
}

const quote = (name: string): string => `"${name}"`;

const functionOf = (model: Model): string => quote(CAPTURE_PREFIX + model.name);

/** The statements that make the triggers of `model`, or make them anew. */
export function captureSql(model: Model): string {
  const triggers = OPERATIONS.map(({ name, tables }) => {
    const transition = tables.map((table) => ` ${table.toUpperCase()} TABLE AS ${table}_rows`).join('');
    return `CREATE OR REPLACE TRIGGER ${CAPTURE_PREFIX}${name} AFTER ${name.toUpperCase()} ON ${quote(model.name)}
  ${transition && `REFERENCING${transition} `}FOR EACH STATEMENT EXECUTE FUNCTION ${functionOf(model)}();`;
  });
  const enabled = OPERATIONS.map(({ name }) => `ENABLE ALWAYS TRIGGER ${CAPTURE_PREFIX}${name}`).join(',\n  ');
  return `CREATE OR REPLACE FUNCTION ${functionOf(model)}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${SEARCH_PATH} AS $$${bodyOf(model)}$$;
${triggers.join('\n')}
ALTER TABLE ${quote(model.name)}
  ${enabled};
`;
}

/** Drops what captured a table that is no model any more; its triggers went with the table, or go now. */
export const dropCaptureSql = (model: string): string =>
  `DROP FUNCTION IF EXISTS ${quote(CAPTURE_PREFIX + model)}() CASCADE;\n`;

/** Writers that tell the others themselves mark their session; for all others, instances are told to read on. */
const bodyOf = (model: Model): string => `
DECLARE
  written text[] := ARRAY['${EXISTENCE} ${wholeTag(model.name)}'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET ${MAX_ROWS}) THEN
      ${rowsThatCameOrWent(model, 'new_rows')}
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET ${MAX_ROWS}) THEN
      ${rowsThatCameOrWent(model, 'old_rows')}
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET ${MAX_ROWS}) THEN
      ${rowsThatChanged(model)}
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('${CHANNEL}', '');
  END IF;
  RETURN NULL;
END `;

const rowsThatCameOrWent = (model: Model, rows: string): string =>
  `SELECT array_agg(DISTINCT '${EXISTENCE} ' || tag) INTO written FROM ${rows} AS r CROSS JOIN LATERAL unnest(ARRAY[
        ${[tableInSql(model), rowInSql(model, 'r'), ...model.groups.map((group) => groupInSql(model, group, 'r'))].join(',\n        ')}
      ]) AS tag;`;

/**
 * Rows are paired by their key; one whose key changed has gone, and another has come. A group that a row has entered or left is told so with
 * EXISTENCE, for both its old and its new one. OFFSET 0 keeps the planner from copying the expressions into each of their uses.
 */
function rowsThatChanged(model: Model): string {
  const same = model.key.map((column) => `o.${quote(column)} = n.${quote(column)}`).join(' AND ');
  const of = (row: string, group: readonly string[]) =>
    `CASE WHEN ${isThere(model, row)} THEN ${groupInSql(model, group, row)} END`;
  const pair = [
    `${columnsInSql(model)} AS columns`,
    `coalesce(${rowInSql(model, 'n')}, ${rowInSql(model, 'o')}) AS row`,
    ...model.groups.flatMap((group, index) => [`${of('o', group)} AS old${index}`, `${of('n', group)} AS new${index}`]),
  ];
  const changes = [
    `columns || ' ' || ${tableInSql(model)}`,
    `columns || ' ' || row`,
    ...model.groups.flatMap((_, index) => {
      const columns = `CASE WHEN old${index} = new${index} THEN columns ELSE '${EXISTENCE}' END`;
      return [`${columns} || ' ' || old${index}`, `${columns} || ' ' || new${index}`];
    }),
  ];
  return `SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          ${pair.join(',\n          ')}
        FROM old_rows AS o FULL JOIN new_rows AS n ON ${same} OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        ${changes.join(',\n        ')}
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;`;
}

/** The names of the columns in which the rows of a pair differ; EXISTENCE where one of them is missing. */
function columnsInSql(model: Model): string {
  const differing = Object.keys(model.columns)
    .filter((column) => !model.key.includes(column))
    .map(
      (column) => `CASE WHEN ROW(o.${quote(column)})::record *<> ROW(n.${quote(column)})::record THEN '${column}' END`,
    );
  const list = differing.length === 0 ? `''` : `concat_ws(',',\n            ${differing.join(',\n            ')})`;
  return `CASE WHEN ${isThere(model, 'o')} AND ${isThere(model, 'n')} THEN ${list} ELSE '${EXISTENCE}' END`;
}

const isThere = (model: Model, row: string): string => `${row}.${quote(model.key[0]!)} IS NOT NULL`;

const tableInSql = (model: Model): string => `'${tableTag(model.name)}'`;

/** NULL where there is no row: a part of its key is. */
const rowInSql = (model: Model, row: string): string => {
  const parts = model.key.map((column) => spellKeyInSql(model.columns[column]!, `${row}.${quote(column)}`));
  return `'${rowTag(model.name, '')}' || ${parts.join(` || ',' || `)}`;
};

/** The tag's own function makes its frame; what stands for the values is cut out and put in as expressions. */
const groupInSql = (model: Model, group: readonly string[], row: string): string => {
  const frame = groupTag(
    model.name,
    group.map((column) => [column, '\0']),
  ).split('\0');
  const values = group.map((column) => spellInSql(model.columns[column]!, `${row}.${quote(column)}`));
  return frame.map((text, index) => `'${text}'${index < values.length ? ` || ${values[index]!} || ` : ''}`).join('');
};
