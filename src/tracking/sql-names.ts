/**
 * What a piece of SQL names. Every word counts, wherever it stands, so this finds too much (a comment, a text) and never too little: columns
 * and tables can only be read by their names.
 */
import { type Model, allModels } from './models.js';
import type { Prisma } from '../platform/prisma/client.js';

const textOf = ({ strings }: Prisma.Sql): string => strings.join(' ? ');

/** Texts that are kept: ours, without the values in them, so they are few. */
const MAX_KNOWN = 1_000;

/** What is found in a text, which is gone through once. */
function remembered<Found>(find: (text: string) => Found): (text: string) => Found {
  const known = new Map<string, Found>();
  return (text) => {
    let found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, (found = find(text)));
    return found;
  };
}

/** PostgreSQL knows a name without quotes in lower case, whatever it is written in. */
function namesIn(text: string): Set<string> {
  const words = text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return new Set(words.flatMap((word) => [word, word.toLowerCase()]));
}

/** The models whose tables it may read. */
export const modelsNamedIn = (sql: Prisma.Sql): readonly Model[] => modelsIn(textOf(sql));

/** The columns of `model` that an expression over its row `t` may read: all of them if it speaks of the row as a whole. */
export const columnsNamedIn = (sql: Prisma.Sql, model: Model): readonly string[] => columnsIn(model)(textOf(sql));

const modelsIn = remembered((text) => {
  const names = namesIn(text);
  return allModels.filter(({ name }) => names.has(name));
});

const columnsInModel = new Map<Model, (text: string) => readonly string[]>();

function columnsIn(model: Model): (text: string) => readonly string[] {
  let found = columnsInModel.get(model);
  if (!found) columnsInModel.set(model, (found = remembered((text) => findColumns(text, model))));
  return found;
}

function findColumns(text: string, model: Model): readonly string[] {
  const columns = Object.keys(model.columns);
  if (/\bt\b"?\s*(?!"?\s*\.\s*["\p{L}_])/u.test(text)) return columns;
  const names = namesIn(text);
  return columns.filter((column) => names.has(column));
}
