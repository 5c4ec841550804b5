/** Tags: names of data. One function makes each, for reads and writes alike. */

/** `Agent:42` a row, `Agent` a table, `Nft[collectionId=7]` a group of rows, `Agent!` everything of a model. */
export type Tag = string;

/** `key`: the primary key, its parts joined by commas. Joined, since V8 keeps the parts of a template beside the whole: 25 bytes a tag. */
export const rowTag = (model: string, key: string): Tag => [model, key].join(':');

export const tableTag = (model: string): Tag => model;

/** Rows that have these values. `values`: pairs of column and value in its canonical spelling, in the order of the schema. */
export const groupTag = (model: string, values: readonly (readonly [column: string, value: string])[]): Tag =>
  `${model}[${values.map(([column, value]) => `${column}=${value}`).join(',')}]`;

/** What every dependency on anything of a model carries too: a change of it meets them all. */
export const wholeTag = (model: string): Tag => `${model}!`;

/** Everything there is: a change of it meets every dependency. */
export const EVERYTHING: Tag = '!';

/** The model that a tag speaks of. */
export function modelOf(tag: Tag): string {
  const end = tag.search(/[:[!]/);
  return end === -1 ? tag : tag.slice(0, end);
}
