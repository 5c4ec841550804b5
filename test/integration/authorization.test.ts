/**
 * Who sees which object: every type of node, by every way that the schema has to it, of one's own, of others and deleted, for every kind of viewer. What
 * the schema gains is asked for, too, and fails until it has its row. Who may change what: authorization-of-writes.test.ts.
 */
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContract } from '../prove/operations/contract.js';
import { type Answer, type TestApp, startApp } from '../support/app.js';
import { type ArgumentsOf, type Edge, edgesFrom, nodeTypes } from '../support/edges-of-schema.js';
import { type Household, ROLES, type Role, furnish } from '../support/households.js';
import { createUser } from '../support/marketplace.js';

type Verdict = 'seen' | 'nothing' | 'FORBIDDEN' | 'UNAUTHENTICATED';
/** `own` is the household that a viewer has something to do with, which a stranger has not. */
type Whose = 'own' | 'foreign' | 'deleted';
type Verdicts = Record<Whose, Record<Role, Verdict | null>>;

/** admin, owner, member, user, stranger */
const by = (...verdicts: (Verdict | null)[]) =>
  Object.fromEntries(ROLES.map((role, index) => [role, verdicts[index]])) as Record<Role, Verdict | null>;

const EVERYBODY: Verdicts = {
  own: by('seen', 'seen', 'seen', 'seen', null),
  foreign: by('seen', 'seen', 'seen', 'seen', 'seen'),
  deleted: by('nothing', 'nothing', 'nothing', 'nothing', 'nothing'),
};
/** Others do not even learn whether there is one. */
const MEMBERS: Verdicts = {
  own: by('seen', 'seen', 'seen', 'seen', null),
  foreign: by('seen', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
  deleted: by('nothing', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
};

const BY_TYPE: Record<string, Verdicts> = {
  Agent: EVERYBODY,
  Collection: EVERYBODY,
  Installation: MEMBERS,
  Nft: EVERYBODY,
  Review: EVERYBODY,
  Template: EVERYBODY,
  Transfer: EVERYBODY,
  User: EVERYBODY,
  Wallet: EVERYBODY,
  Workspace: MEMBERS,
};

/** Ways that show less than the type that they lead to. */
const BY_WAY: Record<string, Verdicts> = {
  // Where others work is theirs to tell: a member of one workspace does not learn of the other ones of its owner.
  'User.workspaces': {
    own: by('seen', 'seen', 'FORBIDDEN', 'seen', null),
    foreign: by('seen', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
    deleted: by('nothing', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
  },
  // The member is somebody else than the owner, whom the household's user is.
  'Query.viewer': {
    own: by('seen', 'seen', 'nothing', 'seen', null),
    foreign: by('nothing', 'nothing', 'nothing', 'nothing', 'nothing'),
    deleted: by('nothing', 'nothing', 'nothing', 'nothing', 'nothing'),
  },
  'Query.ownershipStats.collections.collection': {
    own: by('seen', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', null),
    foreign: by('seen', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
    deleted: by('nothing', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'UNAUTHENTICATED'),
  },
};

/** What leads to an object of a household, where a field wants to be told. */
const ARGUMENTS: Record<string, (household: Household, type: string) => string> = {
  'Query.node': ({ ids }, type) => `(id: "${ids[type]}")`,
  'Query.nodes': ({ ids }, type) => `(ids: ["${ids[type]}"])`,
  'Query.search': ({ name }, type) => `(text: "${name}", types: [${type.toUpperCase()}], first: 100)`,
  'Query.collection': ({ address }) => `(address: "${address.collection}")`,
  'Query.nft': ({ address, tokenId }) => `(address: "${address.collection}", tokenId: "${tokenId}")`,
  'Query.wallet': ({ address }) => `(address: "${address.wallet}")`,
  'Query.user': ({ owner }) => `(username: "${owner}")`,
  'Query.agent': ({ slugs }) => `(slug: "${slugs.agent}")`,
  'Query.template': ({ slugs }) => `(slug: "${slugs.template}")`,
  'Query.workspace': ({ slugs }) => `(slug: "${slugs.workspace}")`,
  'Nft.ownerAt': () => '(time: "2100-01-01T00:00:00Z")',
};

const schema = readContract();
let app: TestApp;
let foreign: Household, deleted: Household;
const tokens: Partial<Record<Role, string>> = {};
const own: Partial<Record<Role, Household>> = {};
beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  const { prisma } = app;
  for (const [role, name] of Object.entries({ owner: 'olga', member: 'mel', user: 'ulf' }) as [Role, string][]) {
    await createUser(prisma, name);
    tokens[role] = await app.token(name);
  }
  tokens.admin = await app.token('root', 'ADMIN');
  own.owner = own.member = await furnish(prisma, 'olga', 'mel');
  own.user = await furnish(prisma, 'ulf');
  own.admin = await furnish(prisma, 'root');
  foreign = await furnish(prisma, 'fay');
  deleted = await furnish(prisma, 'dan');
  await deleted.raze();
  await app.poll();
});
afterAll(() => app.close());

test('every type of node has its row, and no other', () => {
  expect(Object.keys(BY_TYPE).sort()).toEqual(nodeTypes(schema));
});

describe.each(['own', 'foreign', 'deleted'] as const)('%s objects', (whose) => {
  test.each(edgesFrom(schema, 'Query').map((edge) => [edge.name, edge.to, edge] as const))(
    'by %s, which reaches %s',
    async (name, to, edge) => {
      const verdicts = (BY_WAY[name] ?? BY_TYPE[to]!)[whose];
      await judge(whose, edge, verdicts, (_household, args) => `{ ${edge.select(args)} }`);
    },
  );
});

const fromNodes = nodeTypes(schema).flatMap((type) =>
  edgesFrom(schema, type).map((edge) => [edge.name, edge] as const),
);
describe.each(['own', 'foreign'] as const)('from %s objects', (whose) => {
  test.each(fromNodes)('by %s', async (name, edge) => {
    const from = name.split('.')[0]!;
    const further = (BY_WAY[name] ?? BY_TYPE[edge.to]!)[whose];
    // Who does not see where it starts gets no further.
    const verdicts = { ...further };
    for (const role of ROLES) if (BY_TYPE[from]![whose][role] !== 'seen') verdicts[role] = BY_TYPE[from]![whose][role];
    await judge(
      whose,
      edge,
      verdicts,
      ({ ids }, args) => `{ node(id: "${ids[from]}") { ... on ${from} { ${edge.select(args)} } } }`,
    );
  });
});

/** Whoever sees most asks first, and all ask twice: what is kept for one must not answer another. */
async function judge(
  whose: Whose,
  edge: Edge,
  verdicts: Record<Role, Verdict | null>,
  document: (household: Household, args: ArgumentsOf) => string,
): Promise<void> {
  const found: Partial<Record<Role, string | null>>[] = [{}, {}];
  for (const round of found) {
    for (const role of ROLES) {
      const household = whose === 'own' ? own[role] : whose === 'foreign' ? foreign : deleted;
      round[role] = null;
      if (!household) continue;
      const text = document(household, (field, to) => ARGUMENTS[field]?.(household, to) ?? page(field));
      const token = tokens[role];
      round[role] = verdictOf(await app.execute(text, {}, token === undefined ? {} : { token }), household, edge);
    }
  }
  expect(found).toEqual([verdicts, verdicts]);
}

/** All of a list, where it has a length. */
function page(path: string): string {
  const [typeName, fieldName] = path.split('.') as [string, string];
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  return field?.args.some(({ name }) => name === 'first') ? '(first: 100)' : '';
}

function verdictOf({ data, errors }: Answer, { ids, giver }: Household, { name, to }: Edge): string {
  const shown = JSON.stringify(data ?? null).includes(`"${name === 'Transfer.from' ? giver : ids[to]}"`);
  const code = errors[0]?.extensions.code;
  if (code !== undefined) return shown ? `seen, with ${code}` : code;
  return shown ? 'seen' : 'nothing';
}
