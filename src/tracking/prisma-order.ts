/** What else chooses among the rows of a Prisma read: `orderBy`, `distinct`, `cursor`, and what sums them up. */
import { readFilter } from './prisma-filter.js';
import { AGGREGATES, type Args, NotUnderstood, Question, listOf, partsOf } from './prisma-question.js';

export function readOrder(question: Question, orderBy: unknown): void {
  for (const order of listOf(orderBy))
    for (const [name, part] of partsOf(order, `the order of ${question.model.name}`))
      readOrderPart(question, name, part);
}

function readOrderPart(question: Question, name: string, part: unknown): void {
  const relation = question.relation(name);
  if (question.isColumn(name)) question.columns.add(name);
  else if (AGGREGATES.includes(name))
    readColumnNames(
      question,
      partsOf(part, name).map(([column]) => column),
    );
  else if (!relation) throw new NotUnderstood(`the order of ${question.model.name} says "${name}"`);
  else question.across(relation, (far) => (relation.isList ? readSize(far, part) : readOrder(far, part)));
}

/** `{ reviews: { _count: 'desc' } }`: only which rows there are. */
function readSize(far: Question, part: unknown): void {
  const other = partsOf(part, `the order by ${far.model.name}`).find(([name]) => name !== '_count');
  if (other) throw new NotUnderstood(`the order by many of ${far.model.name} says "${other[0]}"`);
}

export function readColumnNames(question: Question, names: unknown): void {
  for (const name of listOf(names)) {
    if (name === '_all') continue;
    if (typeof name !== 'string' || !question.isColumn(name))
      throw new NotUnderstood(`${String(name)} is no column of ${question.model.name}`);
    question.columns.add(name);
  }
}

/** `_sum: { installCount: true }`, and `_count: true`, which is about rows alone. */
export function readAggregates(question: Question, args: Args): void {
  for (const name of AGGREGATES) {
    const part = args[name];
    if (part === undefined || part === true) continue;
    readColumnNames(
      question,
      partsOf(part, name).map(([column]) => column),
    );
  }
}

/**
 * The row that a cursor names need not pass the filter, and its place in the order counts all the same.
 * Call it when the columns of the order are known.
 */
export function noteCursor(question: Question, cursor: unknown): void {
  const start = new Question(question.reads, question.model);
  readFilter(start, cursor, true);
  question.columns.forEach((column) => start.columns.add(column));
  start.settle(start.tags());
}
