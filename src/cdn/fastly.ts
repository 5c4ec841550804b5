/**
 * Fastly. Surrogate-Control comes before Cache-Control there and goes no further; so does Surrogate-Key (16 KB, 1 KB a key). It keeps what has no lifetime for an hour
 * unless it is `private`, as answers that are not for it are.
 */
import type { Cdn } from './cdn.js';
import { call } from './purge-call.js';

interface FastlyOptions {
  readonly apiUrl: string;
  readonly serviceId: string;
  readonly token: string;
}

export const createFastly = ({ apiUrl, serviceId, token }: FastlyOptions): Cdn => ({
  keep: (maxAge, keys) => ['surrogate-control', `max-age=${maxAge}`, 'surrogate-key', keys.join(' ')],
  maxKeys: 256,
  async purge(keys) {
    await call(`${apiUrl}/service/${serviceId}/purge`, {
      method: 'POST',
      headers: { 'fastly-key': token, accept: 'application/json', 'surrogate-key': keys.join(' ') },
    });
  },
});
