/** What a Prisma read asks, with all that it nests, and what its answer shows. */
import { readFilter } from './prisma-filter.js';
import { noteCursor, readColumnNames, readOrder } from './prisma-order.js';
import { type Args, NotUnderstood, Question, partsOf } from './prisma-question.js';
import { type Model, type Relation, modelNamed } from './models.js';
import type { Reads } from './reads.js';
import { type Equalities } from './scope.js';
import { rowTagOf } from './tags.js';

type Row = Readonly<Record<string, unknown>>;

/** A question, and those that are asked again for each row that it finds. */
export interface Plan {
  readonly question: Question;
  readonly nested: readonly { name: string; relation: Relation; plan: Plan }[];
  readonly counts: readonly { relation: Relation; question: Question }[];
}

/** Which rows, and in which order. Take and skip choose by the order. */
const CHOICE = new Set(['where', 'orderBy', 'cursor', 'take', 'skip', 'distinct']);
/** What of them is shown: the answer tells. */
const SHOWN = new Set(['select', 'include', 'omit', 'relationLoadStrategy']);

export const planOf = (reads: Reads, model: Model, args: Args): Plan => planFor(new Question(reads, model), args);

function planFor(question: Question, args: Args): Plan {
  const { model } = question;
  readChoice(question, args, SHOWN);
  const shown = [args.select, args.include].flatMap((part) => (part == null ? [] : partsOf(part, 'select')));
  const asked = shown.filter(([, part]) => part !== false && part !== null);
  return {
    question,
    nested: asked.flatMap(([name, part]) => {
      const relation = question.relation(name);
      if (!relation) return [];
      return [{ name, relation, plan: planFor(question.follow(relation), argsOf(part)) }];
    }),
    counts: asked.flatMap(([name, part]) => (name === '_count' ? countsOf(question, model, part) : [])),
  };
}

/** Reads what chooses the rows. `besides`: arguments that are somebody else's business. */
export function readChoice(question: Question, args: Args, besides: ReadonlySet<string>): void {
  for (const [name] of partsOf(args, 'arguments')) {
    if (!CHOICE.has(name) && !besides.has(name)) throw new NotUnderstood(`it has the argument "${name}"`);
  }
  if (args.where !== undefined) readFilter(question, args.where, true);
  if (args.orderBy !== undefined) readOrder(question, args.orderBy);
  if (args.distinct !== undefined) readColumnNames(question, args.distinct);
  if (args.cursor !== undefined) noteCursor(question, args.cursor);
}

const argsOf = (part: unknown): Args => (part === true ? {} : Object.fromEntries(partsOf(part, 'a nested read')));

/** `_count: true` counts every list, `_count: { select: { reviews: { where } } }` those that it names. */
function countsOf(question: Question, model: Model, part: unknown): Plan['counts'] {
  const lists = Object.entries(model.relations).filter(([, { isList }]) => isList);
  const { select = Object.fromEntries(lists.map(([name]) => [name, true])) } = argsOf(part);
  return partsOf(select, '_count').flatMap(([name, filter]) => {
    const relation = question.relation(name);
    if (!relation) throw new NotUnderstood(`_count of ${model.name} says "${name}"`);
    if (filter === false) return [];
    const far = question.follow(relation);
    readChoice(far, argsOf(filter), new Set());
    return [{ relation, question: far }];
  });
}

/** Notes the question, asked about rows of which `known` is known, and all that `rows`, its answer, show. */
export function noteAnswer(plan: Plan, rows: readonly unknown[], known: Equalities = {}): void {
  const { question } = plan;
  const tags = question.tags(known);
  question.settle(tags);
  for (const row of rows) noteRow(plan, asRow(row), tags);
}

function noteRow({ question, nested, counts }: Plan, row: Row, tags: readonly string[]): void {
  const { model } = question;
  const shown = Object.keys(row).filter((name) => question.isColumn(name));
  assertComplete(model, row, [...shown, ...nested.map(({ name }) => name), ...(counts.length > 0 ? ['_count'] : [])]);
  const followed = [...nested, ...counts].flatMap(({ relation }) => relation.from);
  // A row that does not show its key cannot be named: what it shows then counts for all rows that it could be.
  const named = model.key.every((column) => row[column] !== undefined);
  question.note(named ? [rowTagOf(model, row)] : tags, [...shown, ...followed]);

  for (const { name, relation, plan } of nested) {
    const rows = rowsIn(row[name]);
    const link = linkOf(relation, row, rows);
    if (link) noteAnswer(plan, rows, link);
  }
  for (const { relation, question: far } of counts) {
    const link = linkOf(relation, row, []);
    if (link) far.settle(far.tags(link));
  }
}

/** An answer to another question, such as that of a fluent call, is not taken for one to this. */
function assertComplete(model: Model, row: Row, names: readonly string[]): void {
  const missing = names.find((name) => !Object.hasOwn(row, name));
  if (missing !== undefined) throw new NotUnderstood(`the answer lacks "${missing}" of ${model.name}`);
  const unknown = Object.keys(row).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new NotUnderstood(`the answer has "${unknown}", which ${model.name} has not`);
}

/** What is known of `rows`, to which a relation leads from `row`; null if it leads to none. */
function linkOf({ from, to, joinTable, isList }: Relation, row: Row, rows: readonly unknown[]): Equalities | null {
  if (joinTable !== null) return {};
  if (from.some((column) => row[column] === null)) return null;
  // The answer need not show the columns that the relation starts from; the one row that it leads to has the same values.
  const [one] = isList ? [] : rows.map(asRow);
  const values = to.map((column, index) => row[from[index]!] ?? one?.[column]);
  if (values.includes(undefined)) return {};
  return Object.fromEntries(to.map((column, index) => [column, [values[index]]]));
}

export const rowsIn = (answer: unknown): readonly unknown[] => {
  if (answer == null) return [];
  return Array.isArray(answer) ? answer : [answer];
};

function asRow(value: unknown): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new NotUnderstood('the answer has something that is no row');
  return value as Row;
}

export const questionOf = (reads: Reads, name: string): Question => new Question(reads, modelNamed(name));
