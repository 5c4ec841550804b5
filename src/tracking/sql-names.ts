/**
 * What a piece of SQL names. Every word counts, wherever it stands, so this finds too much (a comment, a text) and never too little: columns
 * and tables can only be read by their names.
 */
import { type Model, allModels } from './models.js';
import type { Prisma } from '../platform/prisma/client.js';

const textOf = ({ strings }: Prisma.Sql): string => strings.join(' ? ');

/** PostgreSQL knows a name without quotes in lower case, whatever it is written in. */
function namesIn(text: string): Set<string> {
  const words = text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return new Set(words.flatMap((word) => [word, word.toLowerCase()]));
}

/** The models whose tables it may read. */
export function modelsNamedIn(sql: Prisma.Sql): Model[] {
  const names = namesIn(textOf(sql));
  return allModels.filter(({ name }) => names.has(name));
}

/** The columns of `model` that an expression over its row `t` may read: all of them if it speaks of the row as a whole. */
export function columnsNamedIn(sql: Prisma.Sql, model: Model): string[] {
  const text = textOf(sql);
  const columns = Object.keys(model.columns);
  if (/\bt\b"?\s*(?!"?\s*\.\s*["\p{L}_])/u.test(text)) return columns;
  const names = namesIn(text);
  return columns.filter((column) => names.has(column));
}
