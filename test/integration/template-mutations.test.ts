import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../src/platform/prisma/client.js';
import { type TestApp, startApp } from '../support/app.js';
import {
  createAgent,
  createCategory,
  createTemplate,
  createUser,
  createWorkspace,
  idOf,
  install,
  missingIdOf,
} from '../support/marketplace.js';
import { mutate, refusalOf, refused } from '../support/mutate.js';

let app: TestApp;
let ann: string, bob: string, admin: string;
let scribe: Agent, hound: Agent;

beforeAll(async () => {
  app = await startApp();
  [ann, bob, admin] = await Promise.all([app.token('ann'), app.token('bob'), app.token('root', 'ADMIN')]);
  scribe = await createAgent(app.prisma, { name: 'Scribe' });
  hound = await createAgent(app.prisma, { name: 'Hound' });
  await createCategory(app.prisma, 'security');
});
afterAll(() => app.close());

const FIELDS =
  'template { id slug name description category complexity useCount steps { position title instruction agent { name } } agents { name } }';
const run = (name: string, input: object, token?: string, select = FIELDS) =>
  mutate(app, name, { input, select, ...(token && { token }) });
const stepsOf = (templateId: number) =>
  app.prisma.templateStep.findMany({ where: { templateId }, orderBy: { position: 'asc' } });

const valid = { name: 'Digest', category: 'research', steps: [{ title: 'Read' }] };

describe('createTemplate', () => {
  test('publishes what was sent, in the name of the viewer', async () => {
    const steps = [
      { title: 'Collect', instruction: 'Everything.', agentId: idOf('Agent', scribe) },
      { title: 'Sign', agentId: null },
      { title: 'Guard', agentId: idOf('Agent', hound) },
    ];
    const input = {
      slug: 'my-digest',
      name: 'Digest',
      description: 'Of it all',
      category: 'security',
      complexity: 'ADVANCED',
      steps,
    };
    const { data, errors } = await run('createTemplate', input, ann);
    expect(errors).toEqual([]);
    expect(data.createTemplate.template).toMatchObject({
      slug: 'my-digest',
      name: 'Digest',
      description: 'Of it all',
      category: 'security',
      complexity: 'ADVANCED',
      useCount: 0,
      steps: [
        { position: 1, title: 'Collect', instruction: 'Everything.', agent: { name: 'Scribe' } },
        { position: 2, title: 'Sign', instruction: '', agent: null },
        { position: 3, title: 'Guard', instruction: '', agent: { name: 'Hound' } },
      ],
      agents: [{ name: 'Hound' }, { name: 'Scribe' }],
    });
    const row = await app.prisma.template.findUnique({ where: { slug: 'my-digest' }, include: { author: true } });
    expect(row?.author.username).toBe('ann');
    expect(refusalOf(await run('createTemplate', input, ann))).toEqual(refused('CONFLICT'));
  });

  test('makes a slug from the name, and numbers it if it is taken', async () => {
    const first = await run('createTemplate', { ...valid, name: 'Round trip' }, ann);
    const second = await run('createTemplate', { ...valid, name: 'Round trip' }, ann);
    expect(first.data.createTemplate.template.slug).toBe('round-trip');
    expect(second.data.createTemplate.template.slug).toBe('round-trip-2');
  });

  test.each([
    ['no step', { steps: [] }, ['steps']],
    ['51 steps', { steps: Array.from({ length: 51 }, () => ({ title: 'x' })) }, ['steps']],
    ['a step without a title', { steps: [{ title: 'Read' }, { title: ' ' }] }, ['steps', 1, 'title']],
    ['a long instruction', { steps: [{ title: 'Read', instruction: 'x'.repeat(5_001) }] }, ['steps', 0, 'instruction']],
    [
      'a step by something that is no agent',
      { steps: [{ title: 'Read', agentId: missingIdOf('User') }] },
      ['steps', 0, 'agentId'],
    ],
    ['an unknown category', { category: 'cooking' }, ['category']],
    ['a long name', { name: 'x'.repeat(81) }, ['name']],
    ['a slug with a space', { slug: 'a b c' }, ['slug']],
  ])('%s is refused with its path, and nothing is written', async (_what, input, path) => {
    const before = await app.prisma.template.count();
    const answer = await run('createTemplate', { ...valid, ...input }, ann);
    expect(refusalOf(answer)).toEqual(refused('BAD_USER_INPUT', ['input', ...path]));
    expect(await app.prisma.template.count()).toBe(before);
  });

  test('a step by an agent that is gone is NOT_FOUND, and nothing is written', async () => {
    const before = await app.prisma.template.count();
    const steps = [
      { title: 'Read', agentId: idOf('Agent', scribe) },
      { title: 'Write', agentId: missingIdOf('Agent') },
    ];
    const answer = await run('createTemplate', { ...valid, steps }, ann);
    expect(refusalOf(answer)).toEqual(refused('NOT_FOUND', ['input', 'steps', 1, 'agentId']));
    expect(await app.prisma.template.count()).toBe(before);
  });

  test('a stranger is UNAUTHENTICATED', async () => {
    expect(refusalOf(await run('createTemplate', valid))).toEqual(refused('UNAUTHENTICATED'));
  });
});

describe('updateTemplate', () => {
  test('steps are replaced as a whole, what is left out stays', async () => {
    const template = await createTemplate(app.prisma, {
      author: 'ann',
      name: 'Before',
      agents: [scribe, scribe, scribe],
    });
    const input = { templateId: idOf('Template', template), name: 'After' };
    expect((await run('updateTemplate', input, ann)).data.updateTemplate.template).toMatchObject({
      slug: template.slug,
      name: 'After',
      steps: [{ position: 1 }, { position: 2 }, { position: 3 }],
    });
    const steps = [{ title: 'Only', agentId: idOf('Agent', hound) }];
    expect((await run('updateTemplate', { ...input, steps }, ann)).data.updateTemplate.template).toMatchObject({
      steps: [{ position: 1, title: 'Only', agent: { name: 'Hound' } }],
      agents: [{ name: 'Hound' }],
    });
  });

  test('steps that are replaced twice at the same time are those of one of the two', async () => {
    const template = await createTemplate(app.prisma, { author: 'ann', agents: [scribe] });
    const templateId = idOf('Template', template);
    const lists = ['a', 'b', 'c', 'd'].map((name) => [1, 2, 3].map((number) => ({ title: `${name}${number}` })));
    const answers = await Promise.all(lists.map((steps) => run('updateTemplate', { templateId, steps }, ann)));
    expect(answers.map(refusalOf)).toEqual([null, null, null, null]);
    const titles = (await stepsOf(template.id)).map(({ title }) => title);
    expect(lists.map((steps) => steps.map(({ title }) => title))).toContainEqual(titles);
  });

  test.each([
    ['null for the name', { name: null }, ['name']],
    ['null for the steps', { steps: null }, ['steps']],
    ['no step', { steps: [] }, ['steps']],
    ['an unknown category', { category: 'cooking' }, ['category']],
  ])('%s is refused with its path, and nothing is written', async (_what, input, path) => {
    const template = await createTemplate(app.prisma, { author: 'ann', agents: [scribe] });
    const before = await stepsOf(template.id);
    const answer = await run(
      'updateTemplate',
      { templateId: idOf('Template', template), description: 'New', ...input },
      ann,
    );
    expect(refusalOf(answer)).toEqual(refused('BAD_USER_INPUT', ['input', ...path]));
    expect(await app.prisma.template.findUnique({ where: { id: template.id } })).toEqual(template);
    expect(await stepsOf(template.id)).toEqual(before);
  });

  test('a step by an agent that is gone leaves the old steps', async () => {
    const template = await createTemplate(app.prisma, { author: 'ann', agents: [scribe, hound] });
    const before = await stepsOf(template.id);
    const steps = [{ title: 'Gone', agentId: missingIdOf('Agent') }];
    const answer = await run('updateTemplate', { templateId: idOf('Template', template), steps }, ann);
    expect(refusalOf(answer)).toEqual(refused('NOT_FOUND', ['input', 'steps', 0, 'agentId']));
    expect(await stepsOf(template.id)).toEqual(before);
  });
});

test('deleteTemplate takes the steps with it; what was installed through it stays', async () => {
  const template = await createTemplate(app.prisma, { author: 'ann', agents: [scribe] });
  const workspace = await createWorkspace(app.prisma, { bob: 'MEMBER' });
  const [templateId, workspaceId] = [idOf('Template', template), idOf('Workspace', workspace)];
  await run('useTemplate', { templateId, workspaceId }, bob);
  const { data } = await run('deleteTemplate', { templateId }, ann, 'deletedTemplateId');
  expect(data.deleteTemplate).toEqual({ deletedTemplateId: templateId });
  expect(await stepsOf(template.id)).toEqual([]);
  expect(await app.prisma.installation.count({ where: { workspaceId: workspace.id } })).toBe(1);
  const again = await run('deleteTemplate', { templateId }, ann, 'deletedTemplateId');
  expect(refusalOf(again)).toEqual(refused('NOT_FOUND', ['input', 'templateId']));
});

describe.each(['updateTemplate', 'deleteTemplate'])('%s', (name) => {
  const change = (input: object, token?: string) => run(name, input, token, '__typename');

  test('its author and admins may, others and strangers may not', async () => {
    for (const [token, refusal] of [
      [undefined, refused('UNAUTHENTICATED')],
      [bob, refused('FORBIDDEN')],
      [ann, null],
      [admin, null],
    ] as const) {
      const template = await createTemplate(app.prisma, { author: 'ann' });
      expect(refusalOf(await change({ templateId: idOf('Template', template) }, token))).toEqual(refusal);
      if (refusal) expect(await app.prisma.template.findUnique({ where: { id: template.id } })).toEqual(template);
    }
  });

  test('an id of nothing is NOT_FOUND, an id of something else a fault', async () => {
    const path = ['input', 'templateId'];
    expect(refusalOf(await change({ templateId: missingIdOf('Template') }, admin))).toEqual(refused('NOT_FOUND', path));
    expect(refusalOf(await change({ templateId: missingIdOf('Agent') }, admin))).toEqual(
      refused('BAD_USER_INPUT', path),
    );
  });
});

describe('useTemplate', () => {
  const SELECT =
    'template { useCount } workspace { slug installations { totalCount nodes { agent { name installCount } } } }';
  const use = (input: object, token?: string) => run('useTemplate', input, token, SELECT);

  test('every call counts', async () => {
    const templateId = idOf('Template', await createTemplate(app.prisma, { agents: [scribe] }));
    await use({ templateId }, ann);
    const { data, errors } = await use({ templateId, workspaceId: null }, ann);
    expect(errors).toEqual([]);
    expect(data.useTemplate).toEqual({ template: { useCount: 2 }, workspace: null });
  });

  test('calls at the same time count, each of them', async () => {
    const template = await createTemplate(app.prisma);
    await Promise.all(Array.from({ length: 8 }, () => use({ templateId: idOf('Template', template) }, ann)));
    expect((await app.prisma.template.findUniqueOrThrow({ where: { id: template.id } })).useCount).toBe(8);
  });

  test('installs the agents that the workspace lacks, and counts each once', async () => {
    const [old, fresh] = [
      await createAgent(app.prisma, { name: 'Old' }),
      await createAgent(app.prisma, { name: 'Fresh' }),
    ];
    const workspace = await createWorkspace(app.prisma, { ann: 'MEMBER' });
    await install(app.prisma, old, workspace, new Date('2026-01-01T00:00:00Z'));
    const template = await createTemplate(app.prisma, { agents: [fresh, old, fresh] });
    const input = { templateId: idOf('Template', template), workspaceId: idOf('Workspace', workspace) };
    const { data, errors } = await use(input, ann);
    expect(errors).toEqual([]);
    expect(data.useTemplate).toEqual({
      template: { useCount: 1 },
      workspace: {
        slug: workspace.slug,
        installations: {
          totalCount: 2,
          nodes: [{ agent: { name: 'Fresh', installCount: 1 } }, { agent: { name: 'Old', installCount: 1 } }],
        },
      },
    });
    const user = await createUser(app.prisma, 'ann');
    expect(await app.prisma.templateUse.findMany({ where: { templateId: template.id } })).toMatchObject([
      { userId: user.id, workspaceId: workspace.id },
    ]);
  });

  test('only members install into a workspace; otherwise nothing is written', async () => {
    const template = await createTemplate(app.prisma, { agents: [scribe] });
    const workspace = await createWorkspace(app.prisma, { bob: 'OWNER' });
    const input = { templateId: idOf('Template', template), workspaceId: idOf('Workspace', workspace) };
    expect(refusalOf(await use(input))).toEqual(refused('UNAUTHENTICATED'));
    expect(refusalOf(await use(input, ann))).toEqual(refused('FORBIDDEN'));
    expect(refusalOf(await use(input, admin))).toEqual(refused('FORBIDDEN'));
    expect(await app.prisma.installation.count({ where: { workspaceId: workspace.id } })).toBe(0);
    expect(await app.prisma.template.findUnique({ where: { id: template.id } })).toEqual(template);
  });

  test('ids of nothing and of something else', async () => {
    const templateId = idOf('Template', await createTemplate(app.prisma));
    const [template, workspace] = [
      ['input', 'templateId'],
      ['input', 'workspaceId'],
    ];
    expect(refusalOf(await use({ templateId: missingIdOf('Template') }, ann))).toEqual(refused('NOT_FOUND', template));
    expect(refusalOf(await use({ templateId: 'junk' }, ann))).toEqual(refused('BAD_USER_INPUT', template));
    expect(refusalOf(await use({ templateId, workspaceId: templateId }, ann))).toEqual(
      refused('BAD_USER_INPUT', workspace),
    );
    expect(refusalOf(await use({ templateId, workspaceId: missingIdOf('Workspace') }, ann))).toEqual(
      refused('FORBIDDEN'),
    );
  });
});
