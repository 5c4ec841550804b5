/** What all that a response holds leaves of its lifetime and its scope. Each thing that is taken in can only narrow them. */
import type { Lifetime } from '../cache/entry.js';
import type { Hint } from './hints.js';

/** Narrowed step by step, first from the document and then from what its execution meets. Never changed: each step makes a new one. */
export interface Limits {
  /** The smallest maxAge, and the coordinate of the field or type that set it; null while nothing has said any. */
  readonly maxAge: { readonly seconds: number; readonly setBy: string } | null;
  /** The first coordinate that is PRIVATE; null while all is PUBLIC. */
  readonly privateBy: string | null;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
}

export const UNLIMITED: Limits = {
  maxAge: null,
  privateBy: null,
  staleWhileRevalidate: Infinity,
  staleIfError: Infinity,
};

/** What `hint`, which stands at `coordinate`, leaves of `limits`. */
export function narrow(limits: Limits, coordinate: string, hint: Hint): Limits {
  const { maxAge } = hint;
  const isShorter = maxAge !== undefined && maxAge < (limits.maxAge?.seconds ?? Infinity);
  return {
    maxAge: isShorter ? { seconds: maxAge, setBy: coordinate } : limits.maxAge,
    privateBy: limits.privateBy ?? (hint.scope === 'PRIVATE' ? coordinate : null),
    staleWhileRevalidate: Math.min(limits.staleWhileRevalidate, hint.staleWhileRevalidate ?? Infinity),
    staleIfError: Math.min(limits.staleIfError, hint.staleIfError ?? Infinity),
  };
}

/** Null: nothing gave it a lifetime, or one of no length. */
export function lifetimeOf({ maxAge, staleWhileRevalidate, staleIfError }: Limits): Lifetime | null {
  if (maxAge === null || maxAge.seconds <= 0) return null;
  return {
    maxAge: maxAge.seconds,
    staleWhileRevalidate: finite(staleWhileRevalidate),
    staleIfError: finite(staleIfError),
  };
}

const finite = (seconds: number): number => (seconds === Infinity ? 0 : seconds);
