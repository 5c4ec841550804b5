/* Questions that no cache has seen, and that all have the same answer: pages of a list that begin before its first row, each at another place. */
import { ask } from './measure.mjs';

/**
 * @param list a root list with its arguments, `agents` or `collections(orderBy: SIZE)`, that is ordered by a number, the greatest first.
 * @returns what makes cursors, each another. One is a list's name, the value that it is ordered by, and an id (src/graphql/cursor.ts).
 */
export async function placesBefore(url, list) {
  const [, name, args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(list);
  const query = `{ ${name}(first: 1 ${args}) { pageInfo { endCursor } } }`;
  const headers = { 'content-type': 'application/json' };
  const { body } = await ask(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { endCursor } = JSON.parse(body).data[name].pageInfo;
  const [order, value] = JSON.parse(Buffer.from(endCursor, 'base64url'));
  let places = 0;
  return () => Buffer.from(JSON.stringify([order, Math.ceil(value) + 1, (places += 1)])).toString('base64url');
}
