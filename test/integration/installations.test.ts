import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent, Workspace } from '../../src/platform/prisma/client.js';
import { type Answer, type TestApp, startApp } from '../support/app.js';
import { createAgent, createTemplate, createWorkspace, idOf, install, missingIdOf } from '../support/marketplace.js';
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
});
afterAll(() => app.close());

const as = (token?: string) => (token === undefined ? {} : { token });
const place = (agent: Agent, workspace: Workspace) => ({
  agentId: idOf('Agent', agent),
  workspaceId: idOf('Workspace', workspace),
});

const INSTALLED = `agent { installCount } workspace { installations { totalCount nodes { id } } }
  installation { id agent { slug } workspace { slug } installedBy { username } }`;
const put = (input: object, token?: string) => mutate(app, 'installAgent', { input, select: INSTALLED, ...as(token) });
const take = (input: object, token?: string) =>
  mutate(app, 'uninstallAgent', {
    input,
    select: 'deletedInstallationId agent { installCount } workspace { installations { totalCount } }',
    ...as(token),
  });
const countersOf = async ({ id }: Agent) => {
  const { installCount, trendScore } = await app.prisma.agent.findUniqueOrThrow({ where: { id } });
  return { installCount, trending: trendScore > 0 };
};

describe('installAgent', () => {
  test('shows the agent, the workspace and the installation as they are now', async () => {
    const agent = await createAgent(app.prisma);
    const workspace = await createWorkspace(app.prisma, { ann: 'MEMBER' });
    const { data, errors } = await put(place(agent, workspace), ann);
    expect(errors).toEqual([]);
    const { id } = data.installAgent.installation;
    expect(data.installAgent).toEqual({
      agent: { installCount: 1 },
      workspace: { installations: { totalCount: 1, nodes: [{ id }] } },
      installation: {
        id,
        agent: { slug: agent.slug },
        workspace: { slug: workspace.slug },
        installedBy: { username: 'ann' },
      },
    });
    expect(await countersOf(agent)).toEqual({ installCount: 1, trending: true });
  });

  test('twice is no error, counts once and changes nothing', async () => {
    const agent = await createAgent(app.prisma);
    const workspace = await createWorkspace(app.prisma, { ann: 'MEMBER', bob: 'MEMBER' });
    const first = await put(place(agent, workspace), ann);
    const second = await put(place(agent, workspace), bob);
    expect(second.data).toEqual(first.data);
    expect(await countersOf(agent)).toEqual({ installCount: 1, trending: true });
  });

  test('of one agent many times at once gives all the same installation', async () => {
    const agent = await createAgent(app.prisma);
    const workspace = await createWorkspace(app.prisma, { ann: 'MEMBER', bob: 'MEMBER' });
    const answers = await Promise.all([ann, bob, ann, bob, ann].map((token) => put(place(agent, workspace), token)));
    const ids = answers.map(({ data }: Answer) => data.installAgent.installation.id);
    expect(new Set(ids).size).toBe(1);
    expect(await countersOf(agent)).toEqual({ installCount: 1, trending: true });
  });

  test('in many workspaces at once counts each', async () => {
    const agent = await createAgent(app.prisma);
    const workspaces = await Promise.all(
      Array.from({ length: 6 }, () => createWorkspace(app.prisma, { ann: 'MEMBER' })),
    );
    await Promise.all(workspaces.map((workspace) => put(place(agent, workspace), ann)));
    expect(await countersOf(agent)).toEqual({ installCount: 6, trending: true });
  });

  test('beside uninstalls and templates that bring the same agents ends with counters that are right', async () => {
    const agents = await Promise.all([1, 2, 3].map(() => createAgent(app.prisma)));
    const workspaces = await Promise.all([1, 2].map(() => createWorkspace(app.prisma, { ann: 'MEMBER' })));
    const templateId = idOf('Template', await createTemplate(app.prisma, { agents: [...agents].reverse() }));
    const use = ({ id }: Workspace) =>
      mutate(app, 'useTemplate', {
        input: { templateId, workspaceId: idOf('Workspace', { id }) },
        select: '__typename',
        token: ann,
      });
    const all = workspaces.flatMap((workspace) => [
      use(workspace),
      ...agents.flatMap((agent) => [put(place(agent, workspace), ann), take(place(agent, workspace), ann)]),
    ]);
    expect((await Promise.all(all)).map(refusalOf)).toEqual(all.map(() => null));
    for (const agent of agents) {
      const installCount = await app.prisma.installation.count({ where: { agentId: agent.id } });
      expect(await countersOf(agent)).toEqual({ installCount, trending: installCount > 0 });
    }
  });
});

describe('uninstallAgent', () => {
  test('takes it out, and once more is no error', async () => {
    const agent = await createAgent(app.prisma);
    const [one, other] = [
      await createWorkspace(app.prisma, { ann: 'MEMBER' }),
      await createWorkspace(app.prisma, { ann: 'MEMBER' }),
    ];
    const installation = await install(app.prisma, agent, one);
    await install(app.prisma, agent, other);

    const gone = { agent: { installCount: 1 }, workspace: { installations: { totalCount: 0 } } };
    const first = await take(place(agent, one), ann);
    expect(first.errors).toEqual([]);
    const deletedInstallationId = idOf('Installation', installation);
    expect(first.data.uninstallAgent).toEqual({ ...gone, deletedInstallationId });
    expect((await take(place(agent, one), ann)).data.uninstallAgent).toEqual({ ...gone, deletedInstallationId: null });

    const node = await app.execute(
      `query ($id: ID!) { node(id: $id) { id } }`,
      { id: deletedInstallationId },
      as(admin),
    );
    expect(node).toMatchObject({ data: { node: null }, errors: [] });
    await take(place(agent, other), ann);
    expect(await countersOf(agent)).toEqual({ installCount: 0, trending: false });
  });
});

describe.each([
  ['installAgent', put],
  ['uninstallAgent', take],
] as const)('%s', (_name, run) => {
  test('is for members: not for others, strangers and admins from outside', async () => {
    const [agent, workspace] = [await createAgent(app.prisma), await createWorkspace(app.prisma, { ann: 'OWNER' })];
    if (run === take) await install(app.prisma, agent, workspace);
    const before = await countersOf(agent);
    const input = place(agent, workspace);
    expect(refusalOf(await run(input))).toEqual(refused('UNAUTHENTICATED'));
    expect(refusalOf(await run(input, eve))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await run(input, admin))).toEqual(refused('FORBIDDEN'));
    expect(await countersOf(agent)).toEqual(before);
  });

  test('ids of nothing and of something else', async () => {
    const input = place(await createAgent(app.prisma), await createWorkspace(app.prisma, { ann: 'OWNER' }));
    const [agent, workspace] = [
      ['input', 'agentId'],
      ['input', 'workspaceId'],
    ];
    expect(refusalOf(await run({ ...input, agentId: missingIdOf('Agent') }, ann))).toEqual(refused('NOT_FOUND', agent));
    expect(refusalOf(await run({ ...input, workspaceId: missingIdOf('Workspace') }, ann))).toEqual(
      refused('FORBIDDEN'),
    );
    expect(refusalOf(await run({ agentId: input.workspaceId, workspaceId: input.agentId }, ann))).toEqual(
      refused('BAD_USER_INPUT', agent, workspace),
    );
  });
});

describe('viewerHasInstalled', () => {
  let here: Workspace, there: Workspace, elsewhere: Workspace;
  let agent: Agent;
  beforeAll(async () => {
    here = await createWorkspace(app.prisma, { bob: 'MEMBER' });
    there = await createWorkspace(app.prisma, { bob: 'MEMBER' });
    elsewhere = await createWorkspace(app.prisma, { ann: 'MEMBER' });
    agent = await createAgent(app.prisma, { category: 'asked-about' });
    await install(app.prisma, agent, here);
  });

  const ask = (workspaceId: string | null | undefined, token?: string) =>
    app.execute(
      `query ($slug: String!, $workspaceId: ID) { agent(slug: $slug) { viewerHasInstalled(workspaceId: $workspaceId) } }`,
      { slug: agent.slug, workspaceId },
      as(token),
    );

  test('in one workspace, or in any of one’s own', async () => {
    const answers = [];
    for (const id of [idOf('Workspace', here), idOf('Workspace', there), null, undefined])
      answers.push((await ask(id, bob)).data.agent.viewerHasInstalled);
    expect(answers).toEqual([true, false, true, true]);
    // Somebody else's installation is not one's own.
    expect((await ask(null, ann)).data.agent.viewerHasInstalled).toBe(false);
  });

  test('is false for a stranger, wherever', async () => {
    for (const id of [null, idOf('Workspace', here)])
      expect((await ask(id)).data).toEqual({ agent: { viewerHasInstalled: false } });
  });

  test('of a workspace of others is refused, and the id of something else is a fault', async () => {
    expect(refusalOf(await ask(idOf('Workspace', elsewhere), bob))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await ask(missingIdOf('Workspace'), bob))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await ask(idOf('Agent', agent), bob))).toEqual(refused('BAD_USER_INPUT', ['workspaceId']));
  });

  test('is one statement for a page of agents', async () => {
    for (let n = 0; n < 19; n += 1) await createAgent(app.prisma, { category: 'asked-about' });
    const count = async (first: number, fields: string) => {
      const document = `{ agents(first: ${first}, filter: { category: "asked-about" }) { nodes { name ${fields} } } }`;
      const { result, statements } = await app.countStatements(() => app.execute(document, {}, as(bob)));
      expect(result.errors).toEqual([]);
      expect(result.data.agents.nodes).toHaveLength(first);
      return statements.length;
    };
    // Besides: the viewer's row, once in a request, and with a workspace also the viewer's place in it.
    expect(await count(20, 'viewerHasInstalled')).toBe((await count(20, 'slug')) + 2);
    const both = `any: viewerHasInstalled viewerHasInstalled(workspaceId: "${idOf('Workspace', here)}")`;
    expect(await count(20, both)).toBe(await count(2, both));
  });
});
