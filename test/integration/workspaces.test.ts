import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workspace } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import { createAgent, createUser, createWorkspace, idOf, install, missingIdOf } from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

let app: TestApp;
let ann: string, bob: string, eve: string, admin: string;

beforeAll(async () => {
  app = await startApp();
  [ann, bob, eve, admin] = await Promise.all([
    app.token('ann'),
    app.token('bob'),
    app.token('eve'),
    app.token('root', 'ADMIN'),
  ]);
  for (const name of ['ann', 'bob', 'eve']) await createUser(app.prisma, name);
});
afterAll(() => app.close());

const as = (token?: string) => (token === undefined ? {} : { token });

describe('who sees a workspace', () => {
  let workspace: Workspace;
  let ids: { workspace: string; installation: string };
  beforeAll(async () => {
    workspace = await createWorkspace(app.prisma, { ann: 'OWNER', bob: 'MEMBER' }, { name: 'Den' });
    const installation = await install(app.prisma, await createAgent(app.prisma), workspace);
    ids = { workspace: idOf('Workspace', workspace), installation: idOf('Installation', installation) };
  });

  const bySlug = (slug: string, token?: string) =>
    app.execute(`query ($slug: String!) { workspace(slug: $slug) { name } }`, { slug }, as(token));
  const byId = (id: string, token?: string) =>
    app.execute(`query ($id: ID!) { node(id: $id) { id } }`, { id }, as(token));

  test('its members and admins do, by slug and by id', async () => {
    for (const token of [ann, bob, admin]) {
      expect((await bySlug(workspace.slug, token)).data).toEqual({ workspace: { name: 'Den' } });
      for (const id of Object.values(ids)) expect((await byId(id, token)).data).toEqual({ node: { id } });
    }
  });

  test('others do not, and strangers are asked who they are', async () => {
    for (const [token, code] of [
      [eve, 'FORBIDDEN'],
      [undefined, 'UNAUTHENTICATED'],
    ] as const) {
      for (const answer of [
        await bySlug(workspace.slug, token),
        await byId(ids.workspace, token),
        await byId(ids.installation, token),
      ]) {
        expect(refusalOf(answer)).toEqual(refused(code));
        expect(JSON.stringify(answer.data)).not.toContain('Den');
      }
    }
  });

  test('a slug tells nobody else whether there is such a workspace', async () => {
    for (const token of [eve, undefined]) {
      const [real, unreal] = [await bySlug(workspace.slug, token), await bySlug('no-such-place', token)];
      expect([unreal.status, unreal.data, unreal.errors]).toEqual([real.status, real.data, real.errors]);
    }
    expect(await bySlug('no-such-place', admin)).toMatchObject({ data: { workspace: null }, errors: [] });
  });

  test('an id tells nobody else whether there is such a workspace or installation', async () => {
    for (const [real, type] of [
      [ids.workspace, 'Workspace'],
      [ids.installation, 'Installation'],
    ] as const) {
      const unreal = missingIdOf(type);
      for (const token of [eve, undefined]) {
        const [one, other] = [await byId(real, token), await byId(unreal, token)];
        expect([other.status, other.data, other.errors]).toEqual([one.status, one.data, one.errors]);
      }
      expect(await byId(unreal, admin)).toMatchObject({ data: { node: null }, errors: [] });
    }
  });

  test('nodes refuses the one and gives the others', async () => {
    const mine = await createWorkspace(app.prisma, { eve: 'OWNER' });
    const asked = [idOf('Workspace', mine), ids.workspace, ids.installation, missingIdOf('Workspace')];
    const { data, errors } = await app.execute(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
      { ids: asked },
      as(eve),
    );
    expect(data.nodes).toEqual([{ id: asked[0] }, null, null, null]);
    expect(errors.map(({ path, extensions }) => [path, extensions.code]).sort()).toEqual([
      [['nodes', 1], 'FORBIDDEN'],
      [['nodes', 2], 'FORBIDDEN'],
      [['nodes', 3], 'FORBIDDEN'],
    ]);
  });
});

describe('User.workspaces', () => {
  const workspacesOf = (username: string, token?: string) =>
    app.execute(
      `query ($username: String!) { user(username: $username) { workspaces { name } } }`,
      { username },
      as(token),
    );

  test('are shown by name, to oneself and to admins', async () => {
    for (const name of ['Zoo', 'Ark']) await createWorkspace(app.prisma, { zoe: 'MEMBER' }, { name });
    for (const token of [await app.token('zoe'), admin])
      expect((await workspacesOf('zoe', token)).data.user.workspaces).toEqual([{ name: 'Ark' }, { name: 'Zoo' }]);
  });

  test('are nobody else’s business, not even a fellow member’s', async () => {
    // Eve may see the workspace, but not that it is all that Yan has.
    await createWorkspace(app.prisma, { yan: 'OWNER', eve: 'MEMBER' });
    expect(refusalOf(await workspacesOf('yan', eve))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await workspacesOf('yan'))).toEqual(refused('UNAUTHENTICATED'));
  });
});

describe('members and installations', () => {
  const DOCUMENT = `query ($first: Int!) { viewer { workspaces { name
    members(first: $first) { totalCount nodes { role user { username } } }
    installations(first: $first) { totalCount nodes { agent { name author { username } } workspace { slug } installedBy { username } } } } } }`;

  test('cost no more statements for many workspaces than for one', async () => {
    const [lone, busy] = [await app.token('lone'), await app.token('busy')];
    const agents = await Promise.all(
      Array.from({ length: 5 }, (_, n) => createAgent(app.prisma, { author: `maker-${n}` })),
    );
    const fill = async (username: string) => {
      const workspace = await createWorkspace(app.prisma, { [username]: 'OWNER', ann: 'MEMBER', bob: 'ADMIN' });
      for (const agent of agents) await install(app.prisma, agent, workspace);
    };
    await fill('lone');
    for (let n = 0; n < 10; n += 1) await fill('busy');

    for (const [token, workspaces] of [
      [lone, 1],
      [busy, 10],
    ] as const) {
      const { result, statements } = await app.countStatements(() => app.execute(DOCUMENT, { first: 20 }, as(token)));
      expect(result.errors).toEqual([]);
      expect(result.data.viewer.workspaces).toHaveLength(workspaces);
      expect(result.data.viewer.workspaces[0]).toMatchObject({
        members: { totalCount: 3 },
        installations: { totalCount: 5 },
      });
      // One for each field that needs rows, and one for the viewer's place in all of the workspaces.
      expect(statements.length).toBeLessThanOrEqual(11);
    }
  });

  test.each([
    ['first', 'after', 'endCursor', 'hasNextPage', 1],
    ['last', 'before', 'startCursor', 'hasPreviousPage', -1],
  ])('"%s" with "%s" meets each once, equal moments too', async (size, from, cursor, more, way) => {
    const workspace = await createWorkspace(app.prisma, { ann: 'OWNER', bob: 'MEMBER', eve: 'MEMBER' });
    const createdAt = new Date('2026-01-01T00:00:00Z');
    await app.prisma.workspaceMember.updateMany({ where: { workspaceId: workspace.id }, data: { createdAt } });
    const agents = await Promise.all([1, 2, 3].map((n) => createAgent(app.prisma, { name: `Agent ${n}` })));
    for (const agent of agents) await install(app.prisma, agent, workspace, createdAt);

    const walk = async (list: string, node: string): Promise<string[]> => {
      const met: string[] = [];
      let place = '';
      for (let goOn = true; goOn;) {
        const { data, errors } = await app.execute(
          `query ($slug: String!) { workspace(slug: $slug) { ${list}(${size}: 1 ${place}) { nodes { ${node} } pageInfo { ${cursor} ${more} } } } }`,
          { slug: workspace.slug },
          as(ann),
        );
        expect(errors).toEqual([]);
        const { nodes, pageInfo } = data.workspace[list];
        met.push(...nodes.map((row: object) => Object.values(Object.values(row)[0])[0]));
        place = `${from}: "${pageInfo[cursor]}"`;
        goOn = pageInfo[more];
      }
      return way === 1 ? met : met.reverse();
    };
    expect(await walk('members', 'user { username }')).toEqual(['ann', 'bob', 'eve']);
    expect(await walk('installations', 'agent { name }')).toEqual(['Agent 3', 'Agent 2', 'Agent 1']);
  });
});

describe('createWorkspace', () => {
  const create = (input: object, token?: string) =>
    mutate(app, 'createWorkspace', {
      input,
      select: 'workspace { slug name members { nodes { role user { username } } } installations { totalCount } }',
      ...as(token),
    });

  test('makes the viewer its owner', async () => {
    const { data, errors } = await create({ name: ' Lab ', slug: 'the-lab' }, ann);
    expect(errors).toEqual([]);
    expect(data.createWorkspace.workspace).toEqual({
      slug: 'the-lab',
      name: 'Lab',
      members: { nodes: [{ role: 'OWNER', user: { username: 'ann' } }] },
      installations: { totalCount: 0 },
    });
    expect(refusalOf(await create({ name: 'Lab', slug: 'the-lab' }, bob))).toEqual(refused('CONFLICT'));
  });

  test('works for somebody who was never here before', async () => {
    const { data } = await create({ name: 'First steps' }, await app.token('newcomer'));
    expect(data.createWorkspace.workspace.members.nodes).toEqual([{ role: 'OWNER', user: { username: 'newcomer' } }]);
  });

  test('the same name at the same time gets different slugs', async () => {
    const answers = await Promise.all([ann, bob, eve].map((token) => create({ name: 'Twin' }, token)));
    const slugs = answers.map(({ data }) => data.createWorkspace.workspace.slug).sort();
    expect(slugs).toEqual(['twin', 'twin-2', 'twin-3']);
  });

  test.each([
    ['an empty name', { name: '' }, 'name'],
    ['a long name', { name: 'x'.repeat(81) }, 'name'],
    ['a slug with an underscore', { name: 'Lab', slug: 'a_b' }, 'slug'],
  ])('%s is refused with its path, and nothing is written', async (_what, input, field) => {
    const before = await app.prisma.workspace.count();
    expect(refusalOf(await create(input, ann))).toEqual(refused('BAD_USER_INPUT', ['input', field]));
    expect(refusalOf(await create({ name: 'Lab' }))).toEqual(refused('UNAUTHENTICATED'));
    expect(await app.prisma.workspace.count()).toBe(before);
  });
});
