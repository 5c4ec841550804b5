/** What a request asks, read from its text as the server behind would read it. */
import { isDeeper } from '../../graphql/json-requests.js';

export interface Parameters {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Others mean something that the server behind knows. */
const NAMES = new Set(['query', 'operationName', 'variables']);
const WITH_QUERY = '?';

/**
 * @param text a body that begins with a brace, or a target: a character for each byte.
 * @returns null for whatever is not plain: the server behind tells what is wrong with it.
 */
export function readParameters(text: string): Parameters | null {
  return text.startsWith('{') ? fromBody(text) : fromTarget(text);
}

function fromBody(text: string): Parameters | null {
  const written = decoded(text);
  if (written === null) return null;
  try {
    return plain(JSON.parse(written) as Record<string, unknown>);
  } catch {
    return null;
  }
}

function fromTarget(target: string): Parameters | null {
  const given: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(target.slice(target.indexOf(WITH_QUERY)))) {
    // The first of several counts, and an empty one for none: that is the server's business.
    if (Object.hasOwn(given, name) || value === '' || name === '__proto__') return null;
    given[name] = value;
  }
  if (typeof given['variables'] !== 'string') return plain(given);
  try {
    given['variables'] = JSON.parse(given['variables']);
    return plain(given);
  } catch {
    return null;
  }
}

function plain(given: Record<string, unknown>): Parameters | null {
  for (const name of Object.keys(given)) if (!NAMES.has(name)) return null;
  const { query, operationName = null, variables } = given;
  if (typeof query !== 'string' || (operationName !== null && typeof operationName !== 'string')) return null;
  if (operationName === '' || !isRecord(variables ?? {}) || isDeeper(variables)) return null;
  return { query, operationName, variables: (variables ?? {}) as Record<string, unknown> };
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null: it is no UTF-8, or says itself that something of it was lost. */
function decoded(bytes: string): string | null {
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? null : text;
}
