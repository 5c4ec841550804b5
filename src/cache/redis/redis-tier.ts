/** Entries in Redis, one server or a cluster: each command touches one key, and every key expires. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { NO_CLAIM, type RemoteTier } from '../remote-tier.js';
import { type RedisConnection, serverOf } from './connection.js';
import { type Guard, Guards } from './guard.js';

const entryKey = (key: string) => `larder:entry:${key}`;
/** The braces make a cluster keep it where the entry is, so that one server's failure is met by one guard. */
const claimKey = (key: string) => `larder:claim:{${entryKey(key)}}`;

/** Deletes the key if it still holds the token. */
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

interface RedisTierParts {
  connection: RedisConnection;
  clock: Clock;
  /** For whoever wants to see them. */
  guards?: Guards;
}

/**
 * A caller waits 50 ms for a command at most, and less than 100 ms for several in a row while a server hangs. After three failures in
 * a row that server counts as empty, at no cost, until it is found to answer again; it is asked about once a second. A server that answers late, but
 * answers, is asked for entries alone and for no claims: one command for each miss in place of three.
 */
export function createRedisTier({ connection, clock, guards = new Guards(clock) }: RedisTierParts): RemoteTier {
  const guardOf = (key: string): Guard => guards.of(serverOf(connection, key));

  const ask = <T>(key: string, command: (key: string) => Promise<T>): Promise<T | undefined> =>
    guardOf(key).ask(
      () => command(key),
      () => connection.exists(key),
    );

  return {
    async get(key) {
      return (await ask(entryKey(key), (at) => connection.getBuffer(at))) ?? null;
    },
    async set(key, sealed, ttlMs) {
      const value = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      await ask(entryKey(key), (at) => connection.set(at, value, 'PX', Math.ceil(ttlMs)));
    },
    async claim(key, ms) {
      const token = randomUUID();
      const guard = guardOf(claimKey(key));
      if (guard.isAway || guard.isSlow) return NO_CLAIM;
      const taken = await ask(claimKey(key), (at) => connection.set(at, token, 'PX', Math.ceil(ms), 'NX'));
      // A server that stood still takes claims late, when it goes on, of whoever has not found out yet that it has: then all would wait for nobody.
      if (taken === null) return guard.isJustBack ? NO_CLAIM : null;
      const release = () => ask(claimKey(key), (at) => connection.eval(RELEASE, 1, at, token));
      return {
        // Also where nothing was heard of the claim, which may be taken late.
        async release() {
          if ((await release()) === undefined && guard.isAway) guard.whenBack(() => void release());
        },
      };
    },
  };
}
