/** The keys of an issuer of tokens (JWKS, RFC 7517), fetched from it when they are wanted. */
import { setTimeout as wait } from 'node:timers/promises';
import { type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';

/** Between two fetches, however many unknown keys tokens name, and however often the issuer fails that has answered before. Milliseconds. */
const COOLDOWN_MS = 30_000;
/** Older ones are fetched anew, for the issuer may have withdrawn some. Milliseconds. */
const RENEWED_MS = 10 * 60_000;
/** With keys in hand nobody waits longer for newer ones: an issuer that hangs would keep everybody for five seconds, twice a minute. Milliseconds. */
const PATIENCE_MS = 250;
/** While the issuer fails, those that it gave last are good for so long. Milliseconds. */
const KEPT_MS = 24 * 60 * 60_000;

/** What finds the key of a token. Rejects with whatever kept it from being fetched, if there are no keys. */
export function keySetAt(url: URL): JWTVerifyGetKey {
  let askedAt = -Infinity;
  let renewedAt = -Infinity;
  const keys = createRemoteJWKSet(url, {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEPT_MS,
    // Without a set there is nothing to go on with, and the next who asks is to try.
    async [customFetch](address, options) {
      if (keys.jwks() && Date.now() - askedAt < COOLDOWN_MS)
        throw new Error('The key set could not be fetched just now.');
      askedAt = Date.now();
      return await fetch(address, options);
    },
  });
  const renew = async (): Promise<void> => {
    try {
      await keys.reload();
      renewedAt = Date.now();
    } catch (error) {
      if (!keys.jwks()) throw error;
    }
  };
  /** Under way. Whoever comes later waits no longer for it than whoever began it. */
  let renewal: Promise<void> | null = null;
  const renewed = (): Promise<void> => {
    if (!keys.jwks()) return renew();
    if (!renewal) {
      const fetched = renew().finally(() => (renewal = null));
      renewal = Promise.race([fetched, wait(PATIENCE_MS, undefined, { ref: false })]);
    }
    return renewal;
  };
  return async (header, token) => {
    if (Date.now() - renewedAt >= RENEWED_MS) await renewed();
    return await keys(header, token);
  };
}
