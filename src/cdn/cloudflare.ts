/**
 * Cloudflare. Cloudflare-CDN-Cache-Control comes before all else there and goes no further (RFC 9213 is of the kind that others would heed, too); so does Cache-Tag
 * (16 KB, 1,024 characters a tag). It caches JSON only where a Cache Rule says so.
 *
 * Unless that rule says otherwise it takes no notice of Vary but for Accept-Encoding, and has one answer for each address and Origin: the rule in docs/cdn.md lets it answer those
 * alone who accept either media type.
 */
import type { Cdn } from './cdn.js';
import { call } from './purge-call.js';

interface CloudflareOptions {
  readonly apiUrl: string;
  readonly zoneId: string;
  readonly token: string;
}

export const createCloudflare = ({ apiUrl, zoneId, token }: CloudflareOptions): Cdn => ({
  keep: (maxAge, keys) => ['cloudflare-cdn-cache-control', `max-age=${maxAge}`, 'cache-tag', keys.join(',')],
  maxKeys: 100,
  async purge(keys) {
    const text = await call(`${apiUrl}/zones/${zoneId}/purge_cache`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tags: keys }),
    });
    if ((JSON.parse(text) as { success?: unknown }).success !== true) throw new Error('the purge was not a success');
  },
});
