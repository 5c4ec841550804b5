/**
 * What an answer tells of the budget that it was paid from: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), and the three
 * headers of its earlier forms (-06), which most clients read.
 */
import type { Standing } from './admission.js';
import { FRACTIONS, WINDOW_MS } from './budgets.js';

const NAME = '"points"';

/** Until the minute is over. Never 0, which would mean at once. */
export const retryAfterSeconds = ({ leftMs }: Pick<Standing, 'leftMs'>): number =>
  Math.max(1, Math.ceil(leftMs / 1_000));

export function rateLimitHeaders({ limit, spent, leftMs }: Standing): [name: string, value: string][] {
  const points = limit / FRACTIONS;
  const left = Math.max(0, Math.floor((limit - spent) / FRACTIONS));
  const seconds = retryAfterSeconds({ leftMs });
  return [
    ['ratelimit-policy', `${NAME};q=${points};w=${WINDOW_MS / 1_000}`],
    ['ratelimit', `${NAME};r=${left};t=${seconds}`],
    ['ratelimit-limit', String(points)],
    ['ratelimit-remaining', String(left)],
    ['ratelimit-reset', String(seconds)],
  ];
}
