/** Asks an app over HTTP, as whom one likes, and gives what a comparison needs. */
import type { TestApp } from '../support/app.js';
import type { Person } from './data/small-marketplace.js';
import type { Operation } from './operations/operation.js';

/** Null: a stranger. */
export type Viewer = { readonly user: Person; readonly role: 'USER' | 'ADMIN' } | null;

export const VIEWERS: readonly Viewer[] = [
  null,
  { user: 'ann', role: 'USER' },
  { user: 'bob', role: 'USER' },
  { user: 'cem', role: 'USER' },
  { user: 'dana', role: 'USER' },
  { user: 'root', role: 'ADMIN' },
];

export const viewerName = (viewer: Viewer): string => (viewer ? `${viewer.user} (${viewer.role})` : 'a stranger');

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** As it came. */
  readonly body: string;
  /** `data` and `errors` as one text: equal texts are equal answers. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** HIT, MISS, …; null where the engine does not say. */
  readonly cache: string | null;
  /** What the cache explained, if it was asked to. */
  readonly explained: unknown;
}

export interface AskOptions {
  readonly authorization?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly byGet?: boolean;
}

export type Ask = (operation: Operation, options?: AskOptions) => Promise<Reply>;

export const askOf =
  (app: Pick<TestApp, 'request'>): Ask =>
  async (operation, { authorization = null, headers = {}, byGet = false } = {}) => {
    // The same id for all: it stands in messages about faults.
    const all = { 'x-request-id': 'prove', ...(authorization !== null && { authorization }), ...headers };
    const response = await (byGet ? get(app, operation, all) : post(app, operation, all));
    const body = await response.text();
    const { data = null, errors = null, extensions } = body === '' ? {} : JSON.parse(body);
    return {
      status: response.status,
      headers: response.headers,
      body,
      text: JSON.stringify({ data, errors: errors && placesOf(errors, data) }),
      data,
      cache: response.headers.get('x-cache'),
      explained: extensions?.cache ?? null,
    };
  };

interface Failure {
  message: string;
  path?: readonly (string | number)[];
}

/**
 * Where errors left a null. Of several below one null, a server may tell any (GraphQL specification, "Handling Field Errors"), in
 * any order. Errors of no field are told as they are.
 */
const placesOf = (errors: readonly Failure[], data: unknown): string[] => [
  ...new Set(errors.map(({ message, path }) => (path ? nullOn(path, data) : message)).sort()),
];

function nullOn(path: readonly (string | number)[], data: unknown): string {
  let at = data;
  let steps = 0;
  for (; typeof at === 'object' && at !== null && steps < path.length; steps += 1)
    at = (at as Record<string | number, unknown>)[path[steps]!];
  return `null at /${path.slice(0, steps).join('/')}`;
}

type Requesting = Pick<TestApp, 'request'>;
type Named = Readonly<Record<string, string>>;

function post({ request }: Requesting, { document, variables, operationName }: Operation, headers: Named) {
  const body = JSON.stringify({ query: document, variables, ...(operationName !== null && { operationName }) });
  return request('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

function get({ request }: Requesting, { document, variables, operationName }: Operation, headers: Named) {
  const parameters = new URLSearchParams({ query: document, variables: JSON.stringify(variables) });
  if (operationName !== null) parameters.set('operationName', operationName);
  return request(`/graphql?${parameters}`, { headers: { accept: 'application/json', ...headers } });
}

/** Tokens live for ten minutes, and a proof for longer. */
const RENEWED_MS = 300_000;

/** The Authorization header of each viewer. */
export class Tokens {
  readonly #app: TestApp;
  readonly #known = new Map<string, { madeAt: number; token: Promise<string> }>();

  constructor(app: TestApp) {
    this.#app = app;
  }

  async authorization(viewer: Viewer): Promise<string | null> {
    return viewer && `Bearer ${await this.#token(viewer)}`;
  }

  #token({ user, role }: NonNullable<Viewer>): Promise<string> {
    const name = `${user} ${role}`;
    const known = this.#known.get(name);
    if (known && performance.now() < known.madeAt + RENEWED_MS) return known.token;
    const token = this.#app.token(user, role);
    this.#known.set(name, { madeAt: performance.now(), token });
    return token;
  }
}
