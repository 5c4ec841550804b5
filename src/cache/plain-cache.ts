/** The cache for any function: values that JSON can say, with the data they depend on and how long they last. */
import { EMPTY, bodyOf, textOf } from './body.js';
import type { Cache } from './cache.js';
import type { Dependency } from './dependency.js';
import type { Lifetime } from './entry.js';

export interface Keeping<Value> {
  /** Seconds, from 1. */
  readonly maxAge: number;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
  /** What the value depends on: a change of any of it ends the value. */
  readonly dependencies: readonly Dependency[] | ((value: Value) => readonly Dependency[]);
}

/**
 * The value kept under `key`, or what `load` resolves with. Null, 0 and "" are values; undefined is none and is not kept.
 * `load` must begin to read only when it is called. Concurrent callers share one call.
 * @throws what `load` throws. Never because a tier is away: `load` is called then.
 */
export async function getOrSet<Value>(
  cache: Cache,
  key: string,
  keeping: Keeping<Value>,
  load: () => Promise<Value>,
): Promise<Value> {
  const { body } = await cache.respond(key, async () => {
    const value = await load();
    const text = JSON.stringify(value) as string | undefined;
    const { dependencies } = keeping;
    return {
      body: bodyOf(text ?? ''),
      dependencies: typeof dependencies === 'function' ? dependencies(value) : dependencies,
      lifetime: text === undefined ? null : lifetimeOf(keeping),
    };
  });
  return body === EMPTY ? (undefined as Value) : (JSON.parse(textOf(body)) as Value);
}

/** `load` as a function that keeps its results, each under the key that `keyOf` makes of the arguments. */
export const cached =
  <Arguments extends unknown[], Value>(
    cache: Cache,
    keyOf: (...given: Arguments) => string,
    keeping: Keeping<Value>,
    load: (...given: Arguments) => Promise<Value>,
  ) =>
  (...given: Arguments): Promise<Value> =>
    getOrSet(cache, keyOf(...given), keeping, () => load(...given));

const lifetimeOf = ({ maxAge, staleWhileRevalidate = 0, staleIfError = 0 }: Keeping<never>): Lifetime => ({
  maxAge,
  staleWhileRevalidate,
  staleIfError,
});
