/**
 * `/health/live`: the event loop turns. `/health/ready`: requests can be answered, by a database that has at least the tables that this code was written for. No reason
 * to be unready, but told, are a Redis that is away, migrations of the next version, and a pool that has no connection to give: a slow database would take all
 * instances out at once, which can answer from their caches.
 */
import type { Plugin } from 'graphql-yoga';
import { answerInTime, answersInTime } from './answer-in-time.js';
import { askedAtOnce } from './asked-at-once.js';

interface HealthChecks {
  /** Rejects while the database cannot be asked, by a connection that no request takes. */
  database: () => Promise<unknown>;
  /** The same by a connection of the requests'; null where there is only one for all. */
  pool: (() => Promise<unknown>) | null;
  /** Rejects as well. */
  migrations: () => Promise<'current' | 'behind' | 'ahead'>;
  /** Null without a Redis. */
  redis: (() => Promise<unknown>) | null;
  draining: () => boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

const WHICH = 'Ask /health/live whether the process lives, or /health/ready whether it can answer requests.\n';

export function useHealth(checks: HealthChecks): Plugin {
  // However many strangers ask, they take no connections from requests.
  const look = askedAtOnce(() => lookAt(checks));
  return {
    async onRequest({ url, request, endResponse, fetchAPI }) {
      if (url.pathname === '/health') {
        endResponse(new fetchAPI.Response(WHICH, { status: 404, headers: { 'content-type': 'text/plain' } }));
        return;
      }
      if (url.pathname !== '/health/live' && url.pathname !== '/health/ready') return;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        endResponse(new fetchAPI.Response(null, { status: 405, headers: { allow: 'GET, HEAD' } }));
        return;
      }
      const body = url.pathname === '/health/live' ? { status: 'ok' } : readinessOf(await look(), checks.draining());
      endResponse(
        new fetchAPI.Response(JSON.stringify(body), {
          status: body.status === 'unready' ? 503 : 200,
          headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
        }),
      );
    },
  };
}

type Seen = Awaited<ReturnType<typeof lookAt>>;

async function lookAt({ database, migrations, pool, redis }: HealthChecks) {
  const state = answerInTime(migrations, CHECK_TIMEOUT_MS);
  const [databaseUp, schema, poolUp, redisUp] = await Promise.all([
    // Seldom asked: beats have the same connection.
    state.then((known) => known !== null || answersInTime(database, CHECK_TIMEOUT_MS)),
    state,
    pool && answersInTime(pool, CHECK_TIMEOUT_MS),
    redis && answersInTime(redis, CHECK_TIMEOUT_MS),
  ]);
  return { databaseUp, schema, poolUp, redisUp };
}

function readinessOf({ databaseUp, schema, poolUp, redisUp }: Seen, draining: boolean) {
  // Newer ones come from the next version, while instances of this one still answer.
  const isReady = !draining && databaseUp && (schema === 'current' || schema === 'ahead');
  const isWhole = poolUp !== false && redisUp !== false && schema === 'current';
  const status = !isReady ? 'unready' : isWhole ? 'ok' : 'degraded';
  return {
    status,
    draining,
    database: databaseUp,
    migrations: schema ?? 'unknown',
    ...(poolUp !== null && { pool: poolUp }),
    ...(redisUp !== null && { redis: redisUp }),
  };
}
