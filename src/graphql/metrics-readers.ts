/** Who may read the metrics: they name operations, and tell how much the server has to do. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../errors.js';
import type { Identities } from './identities.js';

interface Settings {
  readonly production: boolean;
  readonly monitoring: { readonly metricsToken: string | null };
}

/**
 * Whoever sends METRICS_TOKEN, and admins. Without such a token everybody else is let in where nothing is in production; an address proves nothing, for behind
 * a proxy all requests come from this machine. Null while nobody can tell whether a token is good.
 */
export function mayReadMetrics({ production, monitoring }: Settings, identities: Identities) {
  const wanted = monitoring.metricsToken === null ? null : digestOf(`Bearer ${monitoring.metricsToken}`);
  return async (request: Request): Promise<boolean | null> => {
    if (wanted === null && !production) return true;
    const given = request.headers.get('authorization');
    if (given === null) return false;
    if (wanted !== null && timingSafeEqual(digestOf(given), wanted)) return true;
    return identities.identify(given).then(
      (viewer) => viewer?.role === 'ADMIN',
      (error: unknown) => (error instanceof ApiError && error.code === 'UNAVAILABLE' ? null : false),
    );
  };
}

/** Of equal length, whatever was sent. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
