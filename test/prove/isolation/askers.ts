/** Who asks, and how they say so: tokens in every spelling, and what is none. */
import type { Random } from '../../../src/data/seed/random.js';
import type { AskOptions, Tokens, Viewer } from '../asking.js';
import { PEOPLE } from '../data/small-marketplace.js';

/** Everyone in both roles: who was an admin a moment ago is one no longer. */
export const ASKERS: readonly Viewer[] = [
  null,
  ...PEOPLE.flatMap((user) => [{ user, role: 'USER' } as const, { user, role: 'ADMIN' } as const]),
];

const GOOD: readonly ((token: string) => string)[] = [
  (token) => `Bearer ${token}`,
  (token) => `bearer ${token}`,
  (token) => `BEARER   ${token}`,
];

/** Anybody could send these, so nobody may get anything for them. */
const BAD: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `Basic ${token}`,
  (token) => `Bearer ${token} ${token}`,
  (token) => `Bearer ${token}, Bearer ${token}`,
  (token) => `Bearer ${token.slice(0, -6)}AAAAAA`,
  (token) => `Bearer ${unsigned(token)}`,
  (token) => `Bearer ${token.toLowerCase()}`,
  () => 'Bearer',
  () => 'Bearer null',
];

/** The same claims under no signature. */
const unsigned = (token: string) =>
  [Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url'), token.split('.')[1], ''].join('.');

export interface Asker {
  readonly viewer: Viewer;
  /** With a token that is none: they are to be refused. */
  readonly isImpostor: boolean;
  readonly authorization: string | null;
}

const IMPOSTORS = 0.06;

export async function drawAsker(random: Random, tokens: Tokens): Promise<Asker> {
  const viewer = random.pick(ASKERS);
  const isImpostor = viewer !== null && random.chance(IMPOSTORS);
  const spell = random.pick(isImpostor ? BAD : GOOD);
  const token = (await tokens.authorization(viewer))?.slice('Bearer '.length);
  return { viewer, isImpostor, authorization: token === undefined ? null : spell(token) };
}

/** Headers that have to do with caches, and that may change nothing about who sees what. */
export function drawHeaders(random: Random, etags: readonly string[]): Pick<AskOptions, 'headers' | 'byGet'> {
  const some = (name: string, value: string) => (random.chance(0.15) ? { [name]: value } : {});
  return {
    byGet: random.chance(0.2),
    headers: {
      ...some('x-cache-explain', '1'),
      ...some('cache-control', random.pick(['no-cache', 'max-age=0', 'only-if-cached', 'max-stale=3600'])),
      ...some('if-none-match', etags.length > 0 ? random.pick(etags) : '*'),
      ...some('x-forwarded-for', '127.0.0.1'),
      ...some('cookie', 'session=root'),
      ...some('accept-language', random.pick(['de', 'en'])),
    },
  };
}
