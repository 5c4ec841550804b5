/** What is written. Plain data, so that a failure can be printed, repeated and made smaller. */
import type { Viewer } from '../asking.js';

export type Write = SqlWrite | MutationWrite | LinkWrite;

/** One transaction past the API, as psql or another service would do it. */
export interface SqlWrite {
  readonly kind: 'sql';
  /** What it is an example of. */
  readonly title: string;
  readonly statements: readonly string[];
  /** Stays open for so many of the writes that follow; 0 is committed at once. */
  readonly staysOpen: number;
}

export interface MutationWrite {
  readonly kind: 'mutation';
  /** The field of Mutation. */
  readonly title: string;
  readonly viewer: Viewer;
  readonly input: Readonly<Record<string, unknown>> | null;
}

/** `linkWallet`: its input must be signed with a nonce that the server makes at that moment. */
export interface LinkWrite {
  readonly kind: 'link';
  readonly title: 'linkWallet';
  readonly viewer: NonNullable<Viewer>;
  /** Of several wallets with keys of their own. */
  readonly wallet: number;
}
