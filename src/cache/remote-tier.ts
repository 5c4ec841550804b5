/**
 * A store of entries that instances share. Never trusted: what it returns is verified. Every method resolves soon (a hanging
 * store counts as empty) and never rejects.
 */
export interface RemoteTier {
  /** What is found may be a window on much more, which lives as long as it. */
  get(key: string): Promise<Uint8Array | null>;
  set(key: string, sealed: Uint8Array, ttlMs: number): Promise<void>;
  /**
   * The right to be the one that fills `key`, for at most `ms`. Null: another instance has it. NO_CLAIM: the store cannot tell, or takes so long to answer that
   * nobody should wait for it again.
   */
  claim(key: string, ms: number): Promise<Claim | null>;
}

export interface Claim {
  /** Gives the right back, if it is still ours. */
  release(): Promise<void>;
}

/** What everyone gets who should execute without more ado. */
export const NO_CLAIM: Claim = { release: () => Promise.resolve() };
