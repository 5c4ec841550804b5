/** Who asks, by the Authorization header and nothing else. A token that was verified a moment ago is known again at the cost of a look. */
import { LRUCache } from 'lru-cache';
import { CLOCK_TOLERANCE_SECONDS, type VerifyToken, refused } from '../platform/auth.js';
import type { Viewer } from './context.js';

/** A key that is withdrawn from the set of keys is trusted so much longer. Milliseconds. */
const REMEMBER_MS = 30_000;
/** Of tokens, with some room for what stands beside each. */
const MAX_BYTES = 8 * 1024 * 1024;
const MORE_BYTES = 200;

interface Known {
  readonly viewer: Viewer;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export class Identities {
  readonly #verify: VerifyToken;
  readonly #wallMs: () => number;
  readonly #known = new LRUCache<string, Known>({
    maxSize: MAX_BYTES,
    sizeCalculation: (_known, token) => token.length + MORE_BYTES,
  });

  constructor(verify: VerifyToken, wallMs: () => number) {
    this.#verify = verify;
    this.#wallMs = wallMs;
  }

  /**
   * Null for a stranger, who sends no header. The same object for the same token, for as long as it is remembered.
   * @throws UNAUTHENTICATED (401) for one that is not accepted.
   */
  async identify(authorization: string | null): Promise<Viewer | null> {
    const known = this.recall(authorization);
    if (known !== undefined) return known;
    const token = tokenOf(authorization!);
    if (token === null) throw refused('the Authorization header must read "Bearer <token>"');
    const { subject, role, expiresAt } = await this.#verify(token);
    const viewer: Viewer = Object.freeze({ subject, role });
    const until = Math.min(this.#wallMs() + REMEMBER_MS, (expiresAt + CLOCK_TOLERANCE_SECONDS) * 1_000);
    this.#known.set(token, { viewer, until });
    return viewer;
  }

  /** What identify() would answer, if that can be said at once; undefined if not. */
  recall(authorization: string | null | undefined): Viewer | null | undefined {
    if (authorization === null || authorization === undefined) return null;
    const token = tokenOf(authorization);
    const known = token === null ? undefined : this.#known.get(token);
    if (known && this.#wallMs() < known.until) return known.viewer;
    if (known) this.#known.delete(token!);
    return undefined;
  }
}

/** However it is spelt, it is the same token. */
function tokenOf(authorization: string): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null;
}
