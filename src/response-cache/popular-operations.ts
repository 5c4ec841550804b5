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

export interface NamedDocument {
  readonly text: string;
  /** Whether it is known beforehand, and may have to be asked for by its hash. */
  readonly isTrusted: boolean;
}

interface PopularOperationsParts {
  client: SqlClient;
  known: Pick<KnownRequests, 'takePopular'>;
  fetch: (request: Request) => Promise<Response>;
  /** The document that a client names by its hash; null if it is not known any more. */
  documentOf: (hash: string) => NamedDocument | null;
  monotonicMs: () => number;
}

/** So many are kept and executed, and no larger ones. */
const MAX_KEPT = 100;
const MAX_BODY_BYTES = 4_000;
/** After a minute what was asked counts for so much less, whoever saves meanwhile and how often: half after a quarter of an hour. */
const DECAY = 0.95;
/** Beyond them it is nothing. Any more, and PostgreSQL would find the number too small to be one. */
const MAX_MINUTES = 1_000;
/** So many are executed at a time. */
const LANES = 2;

/** Ours alone: no model has it. */
export const POPULAR_TABLE = 'cache_popular';

/** What the uses of a row count for now. */
const FADED = `kept.uses * ${DECAY}::float8 ^ least(${MAX_MINUTES}, greatest(0, extract(epoch FROM now() - kept.at)::float8 / 60))`;
const SAVE = `
INSERT INTO public.cache_popular AS kept (hash, body, uses)
SELECT * FROM unnest($1::text[], $2::text[], $3::float8[])
ON CONFLICT (hash) DO UPDATE SET uses = ${FADED} + excluded.uses, at = now()`;
const TRIM = `
DELETE FROM public.cache_popular
WHERE hash NOT IN (SELECT hash FROM public.cache_popular kept ORDER BY ${FADED} DESC LIMIT ${MAX_KEPT})`;
const READ = `SELECT body FROM public.cache_popular kept ORDER BY ${FADED} DESC LIMIT ${MAX_KEPT}`;

export class PopularOperations {
  readonly #parts: PopularOperationsParts;
  #warming: Promise<number> | null = null;

  constructor(parts: PopularOperationsParts) {
    this.#parts = parts;
  }

  /** What was asked since the last time. */
  async save(): Promise<void> {
    const { client, known, documentOf } = this.#parts;
    // Spelt otherwise, or named by its hash, it is the same: a row can be written once by a statement.
    const unique = new Map<string, { hash: string; body: string; uses: number }>();
    for (const { text, uses } of known.takePopular(MAX_KEPT)) {
      const body = bodyOf(text, documentOf);
      if (body === null) continue;
      const hash = hashOf(body);
      unique.set(hash, { hash, body, uses: uses + (unique.get(hash)?.uses ?? 0) });
    }
    if (unique.size === 0) return;
    // In one order: two instances that save at once must not wait for each other.
    const columns = [...unique.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
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

/**
 * What of a request asks: nothing else that a client may have put beside it is kept. A hash is kept only where it is known beforehand: others are known as
 * long as this process. Null: too large, or nothing we could ask again.
 */
function bodyOf(text: string, documentOf: PopularOperationsParts['documentOf']): string | null {
  try {
    const { query, operationName, variables, extensions } = text.startsWith('/') ? ofTarget(text) : ofBody(text);
    if (query !== undefined && query !== null) return withinLimit({ query, operationName, variables });
    const { persistedQuery } = extensions as { persistedQuery: { sha256Hash: string } };
    const document = documentOf(persistedQuery.sha256Hash);
    if (document === null) return null;
    const named = document.isTrusted ? { extensions: { persistedQuery } } : { query: document.text };
    return withinLimit({ ...named, operationName, variables });
  } catch {
    return null;
  }
}

function withinLimit(asked: Asked): string | null {
  const body = JSON.stringify(asked);
  return Buffer.byteLength(body) <= MAX_BODY_BYTES ? body : null;
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
