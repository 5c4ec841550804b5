/** `where` and `having` of a Prisma read: the columns that decide, and what holds for every row that passes. */
import { Prisma } from '../platform/prisma/client.js';
import type { Relation } from './models.js';
import { AGGREGATES, NotUnderstood, type Question, listOf, partsOf } from './prisma-question.js';

/** Each compares one column with values, or with another column of the same row. */
const OPERATORS = new Set([
  ...['equals', 'not', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'contains', 'startsWith', 'endsWith', 'mode'],
  ...AGGREGATES,
]);

const QUANTIFIERS = new Set(['some', 'every', 'none', 'is', 'isNot']);

/** `demanded`: every row must pass this part, so equality in it narrows the question down. */
export function readFilter(question: Question, where: unknown, demanded: boolean): void {
  const { model } = question;
  for (const [name, part] of partsOf(where, `the filter of ${model.name}`)) {
    const relation = question.relation(name);
    if (name === 'AND') listOf(part).forEach((filter) => readFilter(question, filter, demanded));
    else if (name === 'OR' || name === 'NOT') listOf(part).forEach((filter) => readFilter(question, filter, false));
    else if (question.isColumn(name)) readColumnFilter(question, name, part, demanded);
    else if (relation) readRelationFilter(question, relation, part);
    else readFilter(question, uniqueFilter(question, name, part), demanded);
  }
}

function readColumnFilter(question: Question, column: string, filter: unknown, demanded: boolean): void {
  question.columns.add(column);
  readComparison(question, filter, `the filter of ${question.model.name}.${column}`);
  const values = demanded ? equalValues(filter) : null;
  if (values) question.equalities[column] ??= values;
}

function readComparison(question: Question, filter: unknown, where: string): void {
  if (isValue(filter)) return;
  if (isFieldOf(question, filter)) return void question.columns.add(filter.name);
  for (const [operator, operand] of partsOf(filter, where)) {
    if (!OPERATORS.has(operator)) throw new NotUnderstood(`${where} says "${operator}"`);
    listOf(operand).forEach((value) => readComparison(question, value, where));
  }
}

/** The values that a column must have one of; null if the filter demands anything less. */
function equalValues(filter: unknown): readonly unknown[] | null {
  if (isValue(filter)) return [filter];
  const { equals, in: list, mode } = filter as Record<string, unknown>;
  if (mode !== undefined && mode !== 'default') return null;
  if (equals !== undefined && isValue(equals)) return [equals];
  return Array.isArray(list) && list.every(isValue) ? list : null;
}

function readRelationFilter(question: Question, relation: Relation, filter: unknown): void {
  question.across(relation, (far) => {
    if (filter === null) return;
    for (const nested of quantified(question, filter)) if (nested !== null) readFilter(far, nested, false);
  });
}

/** `{ some: filter }` and its like; to one row also the bare filter. */
function quantified(question: Question, filter: unknown): unknown[] {
  const parts = partsOf(filter, `a filter of ${question.model.name} by a relation`);
  const bare = parts.filter(([name]) => !QUANTIFIERS.has(name));
  return bare.length > 0 ? [filter] : parts.map(([, nested]) => nested);
}

/** `agentId_workspaceId: { agentId, workspaceId }`, or by whatever name the schema gives it. */
function uniqueFilter({ model }: Question, name: string, part: unknown): object {
  const given = partsOf(part, `"${name}" in the filter of ${model.name}`).map(([column]) => column);
  const known = model.uniques.some(
    (columns) => columns.length > 1 && columns.length === given.length && columns.every((c) => given.includes(c)),
  );
  if (!known) throw new NotUnderstood(`the filter of ${model.name} says "${name}"`);
  return part as object;
}

const isValue = (value: unknown): boolean =>
  value === null ||
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ||
  value instanceof Date ||
  value instanceof Uint8Array ||
  Prisma.Decimal.isDecimal(value);

/** `prisma.agent.fields.name`: the same row's other column. */
function isFieldOf({ model }: Question, value: unknown): value is { name: string } {
  if (typeof value !== 'object' || value === null || !('modelName' in value) || !('name' in value)) return false;
  if (value.modelName !== model.name || typeof value.name !== 'string' || !Object.hasOwn(model.columns, value.name))
    throw new NotUnderstood(`a filter of ${model.name} compares with a field of something else`);
  return true;
}
