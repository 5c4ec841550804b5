/** What the readers ask, with the registers that an answer must show. */
import { bodyOf } from '../fleet/http-client.js';
import { type Random, createZipf } from '../random.js';
import * as layout from './layout.js';
import { addressOf } from './populate.js';

const { keyOf } = layout;

export interface Read {
  /** The kind, and which one. */
  name: string;
  body: Buffer;
  token: string | null;
  /** Registers that an answer shows, each at least once, and no others. */
  keys: ReadonlySet<number>;
}

const AGENT = 'slug installCount tagline author { displayName }';

const DOCUMENTS = {
  agent: `query ($slug: String!) { agent(slug: $slug) { ${AGENT} } }`,
  agents: `query ($category: String!) { agents(first: 40, orderBy: NAME, filter: { category: $category }) { nodes { ${AGENT} } totalCount } }`,
  outOfBand: 'query ($slug: String!) { agent(slug: $slug) { tagline } }',
  allOutOfBand: '{ agents(first: 40, orderBy: NAME, filter: { category: "oob" }) { nodes { tagline } } }',
  template: 'query ($slug: String!) { template(slug: $slug) { slug useCount steps { position agent { tagline } } } }',
  user: 'query ($username: String!) { user(username: $username) { displayName } }',
  viewer: '{ me: viewer { displayName } }',
  workspace: 'query ($slug: String!) { workspace(slug: $slug) { slug installations(first: 0) { totalCount } } }',
  collection:
    'query ($address: String!) { collection(address: $address) { name nfts(first: 3) { nodes { tokenId collection { name } } } } }',
  births: '{ agents(first: 5, orderBy: NEWEST, filter: { category: "births" }) { nodes { tagline } } }',
} as const;

/** A page with something beside it that nobody else asks for: it is stored, and never asked for again. */
const BESIDE = 'other: agent(slug: $other) { slug }';
const UNHEARD_OF = `query ($category: String!, $other: String!) ${DOCUMENTS.agents.slice(DOCUMENTS.agents.indexOf('{'), -1)} ${BESIDE} }`;
/** Of these, every so manieth is a document of its own. */
const NEW_DOCUMENT = 20;

type Kind = keyof typeof DOCUMENTS;

/** Of a hundred reads, so many are of this kind. */
const SHARES: Readonly<Record<Kind, number>> = {
  agent: 46,
  agents: 12,
  outOfBand: 8,
  allOutOfBand: 3,
  template: 9,
  user: 6,
  viewer: 6,
  workspace: 4,
  collection: 4,
  births: 2,
};

function agentKeys(agent: number): number[] {
  return [keyOf.agent(agent), keyOf.installs(agent), keyOf.user(layout.userOf(agent))];
}

/** All reads there are. */
export function readsOf({ tokens }: layout.Ids): Record<Kind, Read[]> {
  const read = (kind: Kind, which: string, variables: object, keys: number[], token: string | null = null): Read => ({
    name: `${kind} ${which}`.trim(),
    body: bodyOf(DOCUMENTS[kind], variables),
    token,
    keys: new Set(keys),
  });
  const each = (count: number, make: (index: number) => Read) =>
    Array.from({ length: count }, (_, index) => make(index));
  const ownerOf = (workspace: number) => tokens[layout.userOf(workspace)] ?? null;

  return {
    agent: each(layout.AGENTS, (n) => read('agent', `${n}`, { slug: `agent-${n}` }, agentKeys(n))),
    agents: each(layout.CATEGORIES, (n) =>
      read('agents', `${n}`, { category: layout.categoryOf(n) }, layout.membersOf(n).flatMap(agentKeys)),
    ),
    outOfBand: each(layout.OUT_OF_BAND, (n) => read('outOfBand', `${n}`, { slug: `oob-${n}` }, [keyOf.outOfBand(n)])),
    allOutOfBand: [
      read(
        'allOutOfBand',
        '',
        {},
        Array.from({ length: layout.OUT_OF_BAND }, (_, n) => keyOf.outOfBand(n)),
      ),
    ],
    template: each(layout.TEMPLATES, (n) =>
      read('template', `${n}`, { slug: `template-${n}` }, [
        keyOf.template(n),
        ...layout.agentsOfTemplate(n).map(keyOf.agent),
      ]),
    ),
    user: each(layout.USERS, (n) => read('user', `${n}`, { username: `user-${n}` }, [keyOf.user(n)])),
    viewer: each(layout.USERS, (n) => read('viewer', `${n}`, {}, [keyOf.user(n)], tokens[n] ?? null)),
    workspace: each(layout.WORKSPACES, (n) =>
      read('workspace', `${n}`, { slug: `workspace-${n}` }, [keyOf.workspace(n)], ownerOf(n)),
    ),
    collection: each(layout.COLLECTIONS, (n) =>
      read('collection', `${n}`, { address: addressOf(n) }, [keyOf.collection(n)]),
    ),
    births: [read('births', '', {}, [layout.BIRTHS])],
  };
}

/**
 * Draws reads: kinds by their shares, and within a kind some much more often than others, as people do.
 * @param unheardOf the part of them that nobody has asked for before.
 */
export function createReadDrawer(reads: Record<Kind, Read[]>, random: Random, unheardOf: number): () => Read {
  const kinds = Object.keys(SHARES) as Kind[];
  const deck = kinds.flatMap((kind) => Array.from({ length: SHARES[kind] }, () => kind));
  const ranks = Object.fromEntries(kinds.map((kind) => [kind, createZipf(random, reads[kind].length)])) as Record<
    Kind,
    () => number
  >;
  let number = 0;
  return () => {
    if (unheardOf > 0 && random.next() < unheardOf) return readUnheardOf((number += 1));
    const kind = random.pick(deck);
    return reads[kind][ranks[kind]()]!;
  };
}

function readUnheardOf(number: number): Read {
  const category = number % layout.CATEGORIES;
  const name = number % NEW_DOCUMENT === 0 ? `Q${number}` : '';
  return {
    name: `unheard of ${number}`,
    body: bodyOf(UNHEARD_OF.replace('query', `query ${name}`), {
      category: layout.categoryOf(category),
      other: `nobody-${number}`,
    }),
    token: null,
    keys: new Set(layout.membersOf(category).flatMap(agentKeys)),
  };
}
