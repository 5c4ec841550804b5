/** Which requests the front looks at: those that ask nothing that only the server knows about. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isJsonType } from '../../graphql/json-requests.js';
import { PATH } from './known-headers.js';

/** Longer requests are too many bytes to remember. */
export const MAX_TEXT = 32 * 1024;
export const WITH_QUERY = `${PATH}?`;
/** With one of these something is wanted that the server knows about. */
const SPECIAL = [
  'access-control-request-headers',
  'access-control-request-method',
  'content-encoding',
  'x-cache-explain',
] as const;
/** Browsers say so of pictures, scripts and style sheets. */
const EMBEDDED = 'no-cors';

/** Whether `front.handle` would look for an answer to it. HEAD is left to Node, which sends no content to it. */
export function mayBeHit({ method, url, headers }: IncomingMessage): boolean {
  if (isSpecial(headers)) return false;
  if (method === 'POST' || method === 'QUERY') return url === PATH && isReadable(headers);
  return method === 'GET' && url!.startsWith(WITH_QUERY) && url!.length <= MAX_TEXT && !hasContent(headers);
}

export const hasContent = (headers: IncomingHttpHeaders): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

export function isReadable({ 'content-length': length, 'content-type': type }: IncomingHttpHeaders): boolean {
  if (type !== 'application/json' && type !== 'application/json; charset=utf-8') return false;
  return length !== undefined && Number(length) > 0 && Number(length) <= MAX_TEXT;
}

export function isSpecial(headers: IncomingHttpHeaders): boolean {
  for (const name of SPECIAL) if (headers[name] !== undefined) return true;
  const { 'content-type': type, 'cache-control': wish } = headers;
  if (headers['sec-fetch-mode'] === EMBEDDED || (type !== undefined && !isJsonType(type))) return true;
  return wish !== undefined && /no-cache/i.test(wish);
}
