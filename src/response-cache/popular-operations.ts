/**
 * The public operations that are asked most, kept in the database from one start to the next, and executed before anyone asks. Operations whose answers are
 * their viewers' own are never kept: neither could we ask for them.
 */
import { createHash } from 'node:crypto';
import type { KnownRequests } from './front/known-requests.js';
import { markReplay, requestOf } from './replays.js';

interface SqlClient {
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
}

export interface PopularOperationsParts {
  client: SqlClient;
  known: KnownRequests;
  fetch: (request: Request) => Promise<Response>;
  monotonicMs: () => number;
}

/** So many are kept and executed, and no larger ones. */
const MAX_KEPT = 100;
const MAX_BODY_BYTES = 4_000;
/** With each save by an instance, what was popular before counts for so much less: at one a minute, half after a quarter of an hour. */
const DECAY = 0.95;
/** So many are executed at a time. */
const LANES = 2;

/** Ours alone: no model has it. */
export const POPULAR_TABLE = 'cache_popular';

const SAVE = `
WITH faded AS (UPDATE public.cache_popular SET uses = uses * ${DECAY} WHERE hash <> ALL ($1::text[]))
INSERT INTO public.cache_popular (hash, body, uses)
SELECT * FROM unnest($1::text[], $2::text[], $3::float8[])
ON CONFLICT (hash) DO UPDATE SET uses = cache_popular.uses * ${DECAY} + excluded.uses`;
const TRIM = `
DELETE FROM public.cache_popular
WHERE hash NOT IN (SELECT hash FROM public.cache_popular ORDER BY uses DESC LIMIT ${MAX_KEPT})`;
const READ = `SELECT body FROM public.cache_popular ORDER BY uses DESC LIMIT ${MAX_KEPT}`;

export class PopularOperations {
  readonly #parts: PopularOperationsParts;
  #warming: Promise<number> | null = null;

  constructor(parts: PopularOperationsParts) {
    this.#parts = parts;
  }

  /** What was asked since the last time. */
  async save(): Promise<void> {
    const { client, known } = this.#parts;
    const rows = known.takePopular(MAX_KEPT).flatMap(({ text, uses }) => {
      const body = bodyOf(text);
      return body === null ? [] : [{ hash: hashOf(body), body, uses }];
    });
    // Spelt otherwise, it is the same: a row can be written once by a statement.
    const unique = new Map(rows.map((row) => [row.hash, row]));
    if (unique.size === 0) return;
    const columns = [...unique.values()];
    await client.query(SAVE, [
      columns.map(({ hash }) => hash),
      columns.map(({ body }) => body),
      columns.map(({ uses }) => uses),
    ]);
    await client.query(TRIM);
  }

  /** Asks for the most used ones, for so long at most. Resolves with how many were answered; who calls meanwhile waits for the same. */
  warm(budgetMs: number): Promise<number> {
    this.#warming ??= this.#warm(budgetMs).finally(() => {
      this.#warming = null;
    });
    return this.#warming;
  }

  async #warm(budgetMs: number): Promise<number> {
    const { client, fetch, monotonicMs } = this.#parts;
    const until = monotonicMs() + budgetMs;
    const bodies = (await client.query<{ body: string }>(READ)).map(({ body }) => body);
    let warmed = 0;
    const lane = async () => {
      for (let body = bodies.shift(); body !== undefined && monotonicMs() < until; body = bodies.shift()) {
        const text = Buffer.from(body).toString('latin1');
        const response = await fetch(markReplay(requestOf(text), { fresh: false }));
        await response.arrayBuffer();
        if (response.status === 200) warmed += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return warmed;
  }
}

/** What of a request asks: nothing else that a client may have put beside it is kept. Null: too large, or nothing we could ask again. */
function bodyOf(text: string): string | null {
  try {
    const { query, operationName, variables, extensions } = text.startsWith('/') ? ofTarget(text) : ofBody(text);
    const persistedQuery = (extensions as { persistedQuery?: unknown } | undefined)?.persistedQuery;
    const body = JSON.stringify({
      query,
      operationName,
      variables,
      ...(persistedQuery !== undefined && { extensions: { persistedQuery } }),
    });
    return Buffer.byteLength(body) <= MAX_BODY_BYTES ? body : null;
  } catch {
    return null;
  }
}

type Asked = Readonly<Record<string, unknown>>;

const ofBody = (text: string): Asked => JSON.parse(Buffer.from(text, 'latin1').toString()) as Asked;

function ofTarget(text: string): Asked {
  const search = new URL(text, 'http://127.0.0.1').searchParams;
  const json = (name: string): unknown => (search.has(name) ? JSON.parse(search.get(name)!) : undefined);
  return {
    query: search.get('query') ?? undefined,
    operationName: search.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex');
