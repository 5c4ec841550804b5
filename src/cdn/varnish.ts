/**
 * Varnish with vmod_xkey. It knows no header that is for it alone: the VCL in docs/cdn.md takes the lifetime from Surrogate-Control, and both headers away. A plain
 * `s-maxage` would be heeded by caches further on as well, which nobody can purge.
 */
import type { Cdn } from './cdn.js';
import { call } from './purge-call.js';

interface VarnishOptions {
  /** Of every server: each keeps answers of its own. */
  readonly purgeUrls: readonly string[];
}

export const createVarnish = ({ purgeUrls }: VarnishOptions): Cdn => ({
  keep: (maxAge, keys) => ['surrogate-control', `max-age=${maxAge}`, 'xkey', keys.join(' ')],
  // 9 bytes each: a line of a request has 8 KB (http_req_hdr_len).
  maxKeys: 500,
  async purge(keys) {
    const headers = { 'xkey-purge': keys.join(' ') };
    await Promise.all(purgeUrls.map((url) => call(url, { method: 'PURGE', headers })));
  },
});
