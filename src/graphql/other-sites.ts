/** Who may read answers in pages of other sites (CORS), and what caches between are told of it. */
import type { CORSOptions, Plugin, YogaServerOptions } from 'graphql-yoga';

/** Headers of answers that pages from elsewhere may read. */
const EXPOSED_HEADERS = [
  ...['X-Request-Id', 'X-Cache', 'Age', 'Cache-Status', 'ETag', 'X-Operation-Cost', 'Retry-After'],
  ...['RateLimit', 'RateLimit-Policy', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
];
const ANY = '*';

/**
 * Each origin that is listed is told so by itself, and others nothing. Yoga would tell those the origin "null", which sandboxed pages have, and the only one that is
 * listed to whoever asks.
 */
export function corsFor(origins: readonly string[]): YogaServerOptions<object, object>['cors'] {
  if (origins.length === 0) return false;
  const readableFrom = (origin: string): CORSOptions => ({
    origin: [origin],
    credentials: false,
    exposedHeaders: EXPOSED_HEADERS,
  });
  return (request) => {
    const origin = request.headers.get('origin');
    return origin && (origins.includes(origin) || origins.includes(ANY)) ? readableFrom(origin) : false;
  };
}

/**
 * Whoever is listed gets another answer than all others, those without an origin included: each of them says so, lest a CDN hands one of theirs to a page that
 * could not read it then. Goes before what makes a 304 of an answer.
 */
export const useVaryByOrigin = (origins: readonly string[]): Plugin => ({
  onResponse({ response: { headers } }) {
    if (origins.length > 0 && !/\borigin\b/i.test(headers.get('vary') ?? '')) headers.append('vary', 'origin');
  },
});
