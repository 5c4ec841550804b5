/** The count that instances keep together, in Redis: one key for each account, gone with its minute. */
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type Balance, type SharedCount, WINDOW_MS } from './budgets.js';

const PREFIX = 'larder:rate';
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Unlike the library's own script it leaves what is left for smaller operations when a larger one is refused: what would be too much is told and not
 * taken. KEYS: the account. ARGV: what is wanted, seconds of a window, what may be spent.
 */
const TAKE = `
redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local spent = tonumber(redis.call('get', KEYS[1])) + ARGV[1]
local ttl = redis.call('pttl', KEYS[1])
if spent > tonumber(ARGV[3]) then return {spent, ttl} end
return {redis.call('incrby', KEYS[1], ARGV[1]), ttl}`;

/** Asks Redis in such a way that one which is dead or hangs costs little. Undefined: it has not answered. */
export type Ask = <T>(command: () => Promise<T>) => Promise<T | undefined>;

/** @param client a connection of ioredis, to a server or a cluster. */
export function createRedisCount(client: unknown, ask: Ask): SharedCount {
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterOf = (points: number): RateLimiterRedis => {
    let limiter = limiters.get(points);
    if (!limiter) {
      limiter = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: PREFIX,
        points,
        duration: WINDOW_MS / 1_000,
        customIncrTtlLuaScript: TAKE,
      });
      limiters.set(points, limiter);
    }
    return limiter;
  };
  const take = async (name: string, fractions: number, limit: number): Promise<Balance | null> => {
    const taken = await ask(() =>
      limiterOf(limit)
        .consume(name, fractions)
        .catch((refused: unknown) => {
          if (refused instanceof RateLimiterRes) return refused;
          throw refused;
        }),
    );
    return taken ? balanceOf(taken) : null;
  };
  return { take, charge: (name, fractions) => take(name, fractions, NO_LIMIT) };
}

const balanceOf = ({ consumedPoints, msBeforeNext }: RateLimiterRes): Balance => ({
  spent: consumedPoints,
  leftMs: msBeforeNext,
});
