/**
 * Who may change what: every mutation that takes an id, of an object that belongs to somebody and of one that is gone, for every role; and what is refused
 * writes nothing. An id that the schema gains, however deep in an input, fails until it has its row.
 */
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isScalarType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readContract } from '../prove/operations/contract.js';
import { type TestApp, startApp } from '../support/app.js';
import { checksums } from '../support/checksum.js';
import { type Household, ROLES, type Role, furnish } from '../support/households.js';
import { createUser } from '../support/marketplace.js';

type Verdict = 'done' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT' | 'UNAVAILABLE';
type Verdicts = Record<Role, Verdict>;

interface Row {
  /** @param mine what whoever asks has of their own, where a mutation takes two ids. */
  input(of: Household, mine: Household): object;
  /** Of a household that a user has nothing to do with, whose workspace a member belongs to, and whose owner owns all of it. */
  existing: Verdicts;
  deleted: Verdicts;
}

/** admin, owner, member, user; strangers are to sign in first, always. */
const by = (...verdicts: [Verdict, Verdict, Verdict, Verdict]) =>
  Object.fromEntries(ROLES.map((role, index) => [role, verdicts[index] ?? 'UNAUTHENTICATED'])) as Verdicts;

const ALL = by('done', 'done', 'done', 'done');
const GONE = by('NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND');
const OF_THE_AUTHOR = { existing: by('done', 'done', 'FORBIDDEN', 'FORBIDDEN'), deleted: GONE };
const OF_ADMINS = {
  existing: by('done', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
  deleted: by('NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
};
/** Admins of the marketplace see workspaces, and install nothing in those of others. Whether one exists is for nobody else to learn. */
const OF_MEMBERS = {
  existing: by('FORBIDDEN', 'done', 'done', 'FORBIDDEN'),
  deleted: by('FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
};

const step = (agentId: string | undefined) => ({ title: 'First', agentId });

const MUTATIONS: Record<string, Row> = {
  'installAgent.agentId': {
    input: ({ ids }, mine) => ({ agentId: ids['Agent'], workspaceId: mine.ids['Workspace'] }),
    ...{ existing: ALL, deleted: GONE },
  },
  'installAgent.workspaceId': {
    input: ({ ids }, mine) => ({ agentId: mine.ids['Agent'], workspaceId: ids['Workspace'] }),
    ...OF_MEMBERS,
  },
  'uninstallAgent.agentId': {
    input: ({ ids }, mine) => ({ agentId: ids['Agent'], workspaceId: mine.ids['Workspace'] }),
    ...{ existing: ALL, deleted: GONE },
  },
  'uninstallAgent.workspaceId': {
    input: ({ ids }, mine) => ({ agentId: mine.ids['Agent'], workspaceId: ids['Workspace'] }),
    ...OF_MEMBERS,
  },
  'updateAgent.agentId': { input: ({ ids }) => ({ agentId: ids['Agent'], name: 'Another' }), ...OF_THE_AUTHOR },
  'deleteAgent.agentId': { input: ({ ids }) => ({ agentId: ids['Agent'], uninstall: true }), ...OF_THE_AUTHOR },
  'featureAgent.agentId': { input: ({ ids }) => ({ agentId: ids['Agent'], featured: false }), ...OF_ADMINS },
  'reviewAgent.agentId': {
    input: ({ ids }) => ({ agentId: ids['Agent'], rating: 1 }),
    // Nobody reviews what is their own.
    ...{ existing: by('done', 'FORBIDDEN', 'done', 'done'), deleted: GONE },
  },
  'createTemplate.steps.agentId': {
    input: ({ ids }) => ({ name: 'Newly made', category: 'research', steps: [step(ids['Agent'])] }),
    ...{ existing: ALL, deleted: GONE },
  },
  'updateTemplate.templateId': {
    input: ({ ids }) => ({ templateId: ids['Template'], name: 'Another' }),
    ...OF_THE_AUTHOR,
  },
  'updateTemplate.steps.agentId': {
    input: ({ ids }, mine) => ({ templateId: mine.ids['Template'], steps: [step(ids['Agent'])] }),
    // What the member has is a part in a workspace; its templates are of its owner.
    existing: by('done', 'done', 'FORBIDDEN', 'done'),
    deleted: by('NOT_FOUND', 'NOT_FOUND', 'FORBIDDEN', 'NOT_FOUND'),
  },
  'deleteTemplate.templateId': { input: ({ ids }) => ({ templateId: ids['Template'] }), ...OF_THE_AUTHOR },
  'useTemplate.templateId': { input: ({ ids }) => ({ templateId: ids['Template'] }), existing: ALL, deleted: GONE },
  'useTemplate.workspaceId': {
    input: ({ ids }, mine) => ({ templateId: mine.ids['Template'], workspaceId: ids['Workspace'] }),
    ...OF_MEMBERS,
  },
  'inviteMember.workspaceId': {
    input: ({ ids }) => ({ workspaceId: ids['Workspace'], username: 'guest' }),
    existing: by('done', 'done', 'FORBIDDEN', 'FORBIDDEN'),
    deleted: by('NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
  },
  'transferNft.nftId': {
    input: ({ ids }) => ({ nftId: ids['Nft'], toAddress: `0x${'e'.repeat(40)}` }),
    ...{ existing: by('done', 'done', 'CONFLICT', 'CONFLICT'), deleted: GONE },
  },
  'updateCollection.collectionId': {
    input: ({ ids }) => ({ collectionId: ids['Collection'], verified: true }),
    ...OF_ADMINS,
  },
  'refreshCollection.collectionId': {
    input: ({ ids }) => ({ collectionId: ids['Collection'] }),
    // There is no indexer here.
    existing: by('UNAVAILABLE', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
    deleted: by('UNAVAILABLE', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'),
  },
};

const schema = readContract();
let app: TestApp;
let ofUser: Household, ofAdmin: Household, gone: Household;
let made = 0;
beforeAll(async () => {
  app = await startApp();
  await createUser(app.prisma, 'guest');
  ofUser = await furnish(app.prisma, 'ulf');
  ofAdmin = await furnish(app.prisma, 'root');
  gone = await furnish(app.prisma, 'dan');
  await gone.raze();
});
afterAll(() => app.close());

test('every id that a mutation takes has its row, and no other', () => {
  const taken = Object.values(schema.getMutationType()!.getFields()).flatMap(({ name, args }) =>
    args.flatMap(({ type }) => idsIn(type).map((path) => `${name}.${path}`)),
  );
  expect(taken.sort()).toEqual(Object.keys(MUTATIONS).sort());
});

describe.each(Object.keys(MUTATIONS))('%s', (name) => {
  const mutation = name.split('.')[0]!;
  const payload = schema.getMutationType()!.getFields()[mutation]!.type;
  const Input = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const document = `mutation ($input: ${Input}!) { ${mutation}(input: $input) { __typename } }`;
  const { input, existing, deleted } = MUTATIONS[name]!;

  test.each(ROLES)('of an object that is there, by role: %s', async (role) => {
    const owner = `olga-${(made += 1)}`;
    const house = await furnish(app.prisma, owner, `mel-${made}`);
    await judge(role, input(house, mineOf(role, house)), existing[role], house);
  });

  test.each(ROLES)('of a deleted object, by role: %s', async (role) => {
    const owner = `olga-${(made += 1)}`;
    const house = await furnish(app.prisma, owner, `mel-${made}`);
    await judge(role, input(gone, mineOf(role, house)), deleted[role], house);
  });

  async function judge(role: Role, variables: object, verdict: Verdict, house: Household): Promise<void> {
    const before = await checksums(app.prisma);
    const token = await tokenOf(role, house);
    const { data, errors } = await app.execute(document, { input: variables }, token === null ? {} : { token });
    const found = errors[0]?.extensions.code ?? (data?.[mutation] ? 'done' : 'nothing');
    expect(found).toBe(verdict);
    if (found === 'done') expect(data[mutation].__typename).toBe(String(payload).replace('!', ''));
    else expect(await checksums(app.prisma)).toEqual(before);
  }
});

const mineOf = (role: Role, house: Household): Household =>
  role === 'admin' ? ofAdmin : role === 'user' ? ofUser : house;

async function tokenOf(role: Role, { owner }: Household): Promise<string | null> {
  if (role === 'stranger') return null;
  if (role === 'admin') return await app.token('root', 'ADMIN');
  return await app.token({ owner, member: owner.replace('olga', 'mel'), user: 'ulf' }[role]);
}

function idsIn(type: GraphQLInputType): string[] {
  const named = getNamedType(type) as GraphQLInputType | GraphQLInputObjectType;
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap(({ name, type: inner }) => {
    const item = getNamedType(inner);
    if (isScalarType(item)) return item.name === 'ID' ? [name] : [];
    return idsIn(inner).map((path) => `${name}.${path}`);
  });
}
