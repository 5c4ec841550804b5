/** Caches as they should not be, put in front of an app: the proofs must catch each. */
import type { Ask, Reply } from './asking.js';

/** Takes whoever asks the same for the same person. */
export function viewerBlindCache(ask: Ask): Ask {
  return keptBy(ask, ({ document, variables, operationName }) => JSON.stringify([document, variables, operationName]));
}

/** Knows who asks, and not as what: an admin who is one no longer goes on to see what admins see. */
export function roleBlindCache(ask: Ask): Ask {
  const subjectOf = (authorization: string) => {
    const claims = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString();
    return /"sub":"([^"]*)"/.exec(claims)?.[1] ?? authorization;
  };
  return keptBy(ask, (operation, options) => JSON.stringify([operation, subjectOf(options?.authorization ?? '')]));
}

/** Knows who asks, and never learns of a write. */
export const deafCache = (ask: Ask): Ask =>
  keptBy(ask, (operation, options) => JSON.stringify([operation, options?.authorization ?? null]));

function keptBy(ask: Ask, keyOf: (...asked: Parameters<Ask>) => string): Ask {
  const kept = new Map<string, Promise<Reply>>();
  return (...asked) => {
    const key = keyOf(...asked);
    const answer = kept.get(key) ?? ask(...asked);
    kept.set(key, answer);
    return answer;
  };
}
