import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collection, User, Wallet } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createUser, idOf, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';
import { createCollection, createNft, createWallet, move } from '../support/tokens.js';

const USERNAME = /^[a-z][a-z0-9-]{2,29}$/;

let app: TestApp;
let ann: User;

beforeAll(async () => {
  app = await startApp();
  ann = await createUser(app.prisma, 'ann');
  await app.prisma.user.update({ where: { id: ann.id }, data: { fid: 7, displayName: 'Ann of the Hills' } });
});
afterAll(() => app.close());

describe('the viewer', () => {
  const viewer = async (token?: string) => {
    const { data, errors } = await app.execute('{ viewer { username displayName fid } }', {}, token ? { token } : {});
    expect(errors).toEqual([]);
    return data.viewer;
  };

  test('is nobody without a token', async () => {
    expect(await viewer()).toBe(null);
  });

  test('is whose token came', async () => {
    expect(await viewer(await app.token('ann'))).toMatchObject({ username: 'ann', displayName: 'Ann of the Hills' });
  });

  test('is made with their first request, under the subject where that is a username', async () => {
    const token = await app.token('newcomer-1');
    expect(await viewer(token)).toEqual({ username: 'newcomer-1', displayName: 'newcomer-1', fid: null });
    await viewer(token);
    expect(await app.prisma.user.count({ where: { subject: 'newcomer-1' } })).toBe(1);
  });

  test.each([
    'auth0|5f7c1a2b3c4d5e6f7a8b9c0d',
    'ann@example.com',
    'x',
    '42',
    '-ann',
    'ünal',
    'a'.repeat(31),
    'auth0|'.padEnd(255, 'z'),
  ])('with the subject %s gets a username that says nothing of it', async (subject) => {
    const token = await app.token(subject);
    const { username } = await viewer(token);
    expect(username).toMatch(/^user-[a-z0-9]{6}$/);
    expect(await viewer(token)).toMatchObject({ username });
  });

  test('with capitals in the subject gets a username of its own beside the one without', async () => {
    const [upper, lower] = [await viewer(await app.token('Mira')), await viewer(await app.token('mira'))];
    expect(upper.username).toMatch(/^mira-[a-z0-9]{6}$/);
    expect(lower.username).toBe('mira');
    expect((await viewer(await app.token('M'.repeat(30)))).username).toMatch(USERNAME);
  });

  test('whose username somebody else has taken gets another one', async () => {
    await mutate(app, 'updateProfile', {
      input: { username: 'wanted' },
      select: 'user { id }',
      token: await app.token('squatter'),
    });
    const { username } = await viewer(await app.token('wanted'));
    expect(username).toMatch(/^wanted-[a-z0-9]{6}$/);
  });

  test.each(['twin', 'auth0|twin'])('%s is one user, however many first requests come at once', async (subject) => {
    const token = await app.token(subject);
    const seen = await Promise.all(Array.from({ length: 8 }, () => viewer(token)));
    expect(new Set(seen.map(({ username }) => username)).size).toBe(1);
    expect(await app.prisma.user.count({ where: { subject } })).toBe(1);
  });
});

describe('one user', () => {
  test('by username, by Farcaster id and by id', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { byName: user(username: "ann") { id } byFid: user(fid: 7) { id } node(id: $id) { id ... on User { username } } }`,
      { id: idOf('User', ann) },
    );
    expect(errors).toEqual([]);
    const { id } = data.node;
    expect(data).toEqual({ byName: { id }, byFid: { id }, node: { id, username: 'ann' } });
  });

  test('null for a username, a Farcaster id and an id that nobody has', async () => {
    const { data, errors } = await app.execute(
      `query ($id: ID!) { byName: user(username: "Nobody.at.all") { id } byFid: user(fid: -1) { id } node(id: $id) { id } }`,
      { id: missingIdOf('User') },
    );
    expect({ data, errors }).toEqual({ data: { byName: null, byFid: null, node: null }, errors: [] });
  });

  test.each(['', '(username: "ann", fid: 7)', '(username: null)', '(username: "a\\u0000b")', '(username: " ")'])(
    'user%s is refused',
    async (args) => {
      const { errors } = await app.execute(`{ user${args} { id } }`);
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['username'] }] });
    },
  );
});

describe('what the wallets of a user hold together', () => {
  let bob: User;
  let one: Wallet, two: Wallet;
  let dragons: Collection;

  beforeAll(async () => {
    const { prisma } = app;
    bob = await createUser(prisma, 'bob');
    [one, two] = [await createWallet(prisma, bob), await createWallet(prisma, bob)];
    dragons = await createCollection(prisma, { name: 'Dragons' });
    const coins = await createCollection(prisma, { name: 'Coins', standard: 'ERC1155' });
    const cats = await createCollection(prisma, { name: 'Cats' });
    for (const holder of [one, one, two]) await createNft(prisma, dragons, { holder });
    // Both wallets hold gold: it is one token. Only the second holds silver. A stranger's copper is none of theirs.
    const [gold, silver, copper] = [
      await createNft(prisma, coins),
      await createNft(prisma, coins),
      await createNft(prisma, coins),
    ];
    await move(prisma, gold, null, one, { quantity: 3 });
    await move(prisma, gold, null, two, { quantity: 4 });
    await move(prisma, silver, null, two, { quantity: 9 });
    await move(prisma, copper, null, await createWallet(prisma, ann), { quantity: 1 });
    await createNft(prisma, cats, { holder: two });
  });

  test('tokens are summed over the wallets, and one that two of them hold counts once', async () => {
    const { data, errors } = await app.execute(
      `{ user(username: "bob") { wallets { address } collections { totalCount nodes { tokenCount collection { name } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data.user).toEqual({
      wallets: [{ address: one.address }, { address: two.address }],
      collections: {
        totalCount: 3,
        nodes: [
          { tokenCount: 3, collection: { name: 'Dragons' } },
          { tokenCount: 2, collection: { name: 'Coins' } },
          { tokenCount: 1, collection: { name: 'Cats' } },
        ],
      },
    });
  });

  test('a user without wallets has no collections', async () => {
    await createUser(app.prisma, 'poor');
    const { data } = await app.execute(
      `{ user(username: "poor") { wallets { address } collections { totalCount nodes { tokenCount } } } }`,
    );
    expect(data.user).toEqual({ wallets: [], collections: { totalCount: 0, nodes: [] } });
  });

  test('page by page, forward and backward, in one statement for all users', async () => {
    const page = async (args: string) => {
      const { result, statements } = await app.countStatements(() =>
        app.execute(
          `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User {
            collections(${args}) { nodes { tokenCount collection { name } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }
          } } }`,
          { ids: [idOf('User', bob), idOf('User', ann)] },
        ),
      );
      expect(result.errors).toEqual([]);
      // The users, their collections' sums, the collections.
      expect(statements).toHaveLength(3);
      return result.data.nodes.map(({ collections }: { collections: object }) => collections);
    };
    const names = ({ nodes }: { nodes: { collection: { name: string } }[] }) =>
      nodes.map(({ collection }) => collection.name);
    const [bobs, anns] = await page('first: 2');
    expect([names(bobs), names(anns)]).toEqual([['Dragons', 'Coins'], ['Coins']]);
    const [next] = await page(`first: 2, after: "${bobs.pageInfo.endCursor}"`);
    expect([names(next), next.pageInfo.hasNextPage]).toEqual([['Cats'], false]);
    const [back] = await page(`last: 1, before: "${next.pageInfo.startCursor}"`);
    expect([names(back), back.pageInfo.hasPreviousPage]).toEqual([['Coins'], true]);
  });
});

describe('updateProfile', () => {
  const update = async (input: object, user = 'dora') =>
    mutate(app, 'updateProfile', {
      input,
      select: 'user { username displayName avatarUrl }',
      token: await app.token(user),
    });
  const profile = () => app.prisma.user.findUniqueOrThrow({ where: { subject: 'dora' } });

  test('changes what is given, leaves the rest, and empties the picture with null', async () => {
    await update({ username: 'dora-2', displayName: '  Dora the Second ', avatarUrl: 'https://example.com/dora.png' });
    const { data } = await update({ avatarUrl: null });
    expect(data.updateProfile.user).toEqual({ username: 'dora-2', displayName: 'Dora the Second', avatarUrl: null });
    expect((await update({})).data.updateProfile.user).toEqual(data.updateProfile.user);
  });

  test('of a user with a new name is still found by their token', async () => {
    await update({ username: 'dora-3' });
    const { data } = await app.execute('{ viewer { username } }', {}, { token: await app.token('dora') });
    expect(data.viewer).toEqual({ username: 'dora-3' });
  });

  test('refuses a username that is taken, and changes nothing then', async () => {
    const before = await profile();
    const answer = await update({ username: 'ann', displayName: 'Ann, really' });
    expect(refusalOf(answer)).toEqual(refused('CONFLICT'));
    expect(await profile()).toEqual(before);
  });

  test('of two who want the same username at once, one gets it', async () => {
    await Promise.all([createUser(app.prisma, 'eve'), createUser(app.prisma, 'fay')]);
    const answers = await Promise.all([update({ username: 'star' }, 'eve'), update({ username: 'star' }, 'fay')]);
    expect(answers.map(refusalOf).filter(Boolean)).toEqual([refused('CONFLICT')]);
  });

  test('names every faulty field, and changes nothing then', async () => {
    const before = await profile();
    const answer = await update({ username: 'Dora!', displayName: ' ', avatarUrl: 'http://example.com/a.png' });
    expect(refusalOf(answer)).toEqual(
      refused('BAD_USER_INPUT', ['input', 'username'], ['input', 'displayName'], ['input', 'avatarUrl']),
    );
    expect(await profile()).toEqual(before);
  });

  test.each([
    [{ username: null }, 'username'],
    [{ username: 'ab' }, 'username'],
    [{ username: '1st' }, 'username'],
    [{ username: 'a'.repeat(31) }, 'username'],
    [{ displayName: null }, 'displayName'],
    [{ displayName: 'x'.repeat(81) }, 'displayName'],
  ])('refuses %o', async (input, field) => {
    expect(refusalOf(await update(input))).toEqual(refused('BAD_USER_INPUT', ['input', field]));
  });

  test('is for those who are signed in', async () => {
    const answer = await mutate(app, 'updateProfile', { input: {}, select: 'user { id }' });
    expect(refusalOf(answer)).toEqual(refused('UNAUTHENTICATED'));
  });
});
