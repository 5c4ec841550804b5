import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

beforeAll(async () => {
  app = await startApp();
  [ann, bob, admin] = await Promise.all([app.token('ann'), app.token('bob'), app.token('root', 'ADMIN')]);
  await createUser(app.prisma, 'ann');
  await createCategory(app.prisma, 'research');
  await createCategory(app.prisma, 'security');
});
afterAll(() => app.close());

const FIELDS = 'agent { id slug name tagline description category imageUrl featured pricing price }';
const valid = { name: 'Scribe', tagline: 'Writes', category: 'research' };
const create = (input: object, token?: string) =>
  mutate(app, 'createAgent', { input: { ...valid, ...input }, select: FIELDS, ...(token && { token }) });
const update = (input: object, token?: string) =>
  mutate(app, 'updateAgent', { input, select: FIELDS, ...(token && { token }) });
const remove = (input: object, token?: string) =>
  mutate(app, 'deleteAgent', { input, select: 'deletedAgentId', ...(token && { token }) });
const agentCount = async (category: string) =>
  (await app.prisma.category.findUniqueOrThrow({ where: { slug: category } })).agentCount;

describe('createAgent', () => {
  test('publishes what was sent, in the name of the viewer, and counts it in its category', async () => {
    const before = await agentCount('security');
    const { data, errors } = await create(
      {
        slug: 'night-watch',
        name: '  Night watch ',
        description: 'Wakes you.\nAt need.',
        category: 'security',
        imageUrl: 'https://example.com/owl.png',
        pricing: 'SUBSCRIPTION',
        price: '9.50',
      },
      ann,
    );
    expect(errors).toEqual([]);
    expect(data.createAgent.agent).toMatchObject({
      slug: 'night-watch',
      name: 'Night watch',
      description: 'Wakes you.\nAt need.',
      category: 'security',
      imageUrl: 'https://example.com/owl.png',
      featured: false,
      pricing: 'SUBSCRIPTION',
      price: '9.5',
    });
    const row = await app.prisma.agent.findUniqueOrThrow({ where: { slug: 'night-watch' }, include: { author: true } });
    expect(row.author.username).toBe('ann');
    expect(await agentCount('security')).toBe(before + 1);
  });

  test('makes a slug from the name, and numbers it if it is taken', async () => {
    const slugs = [];
    for (let i = 0; i < 12; i += 1) slugs.push((await create({ name: 'Déjà vu!' }, ann)).data.createAgent.agent.slug);
    expect(slugs.slice(0, 3)).toEqual(['deja-vu', 'deja-vu-2', 'deja-vu-3']);
    expect(slugs.at(-1)).toBe('deja-vu-12');
  });

  test('names a slug after what it is when the name has no letters for one', async () => {
    const { data } = await create({ name: '龍' }, ann);
    expect(data.createAgent.agent.slug).toBe('agent');
  });

  test('keeps a numbered slug within 60 characters', async () => {
    const name = 'x'.repeat(80);
    await create({ name }, ann);
    const { data } = await create({ name }, ann);
    expect(data.createAgent.agent.slug).toBe(`${'x'.repeat(58)}-2`);
  });

  test('the same name at the same time gets different slugs', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create({ name: 'Twin' }, ann)));
    const slugs = answers.map(({ data }) => data.createAgent.agent.slug);
    expect(new Set(slugs).size).toBe(6);
  });

  test('a slug that was asked for and is taken is a CONFLICT', async () => {
    await create({ slug: 'only-one' }, ann);
    expect(refusalOf(await create({ slug: 'only-one' }, bob))).toEqual(refused('CONFLICT'));
  });

  test('a stranger is UNAUTHENTICATED', async () => {
    const before = await app.prisma.agent.count();
    expect(refusalOf(await create({}))).toEqual(refused('UNAUTHENTICATED'));
    expect(await app.prisma.agent.count()).toBe(before);
  });

  test.each([
    ['an empty name', { name: ' ' }, ['name']],
    ['a long name', { name: 'x'.repeat(81) }, ['name']],
    ['a name of two lines', { name: 'a\nb' }, ['name']],
    ['a long tagline', { tagline: 'x'.repeat(161) }, ['tagline']],
    ['a long description', { description: 'x'.repeat(10_001) }, ['description']],
    ['NUL in the description', { description: 'a\0b' }, ['description']],
    ['a short slug', { slug: 'ab' }, ['slug']],
    ['a slug with capitals', { slug: 'Night' }, ['slug']],
    ['a picture without https', { imageUrl: 'http://example.com/a.png' }, ['imageUrl']],
    ['an unknown category', { category: 'cooking' }, ['category']],
    ['FREE with a price', { price: '1' }, ['price']],
    ['PAID without a price', { pricing: 'PAID' }, ['price']],
    ['SUBSCRIPTION without a price', { pricing: 'SUBSCRIPTION' }, ['price']],
    ['a negative price', { pricing: 'PAID', price: '-1' }, ['price']],
    ['three decimals', { pricing: 'PAID', price: '1.005' }, ['price']],
    ['a price out of bounds', { pricing: 'PAID', price: '1000000.01' }, ['price']],
    ['several faults at once', { name: '', tagline: '' }, ['name', 'tagline']],
    ['a category and a price that are wrong', { category: 'cooking', price: '1' }, ['category', 'price']],
  ])('%s is refused with its path, and nothing is written', async (_what, input, fields) => {
    const before = await app.prisma.agent.count();
    const paths = fields.map((field) => ['input', field]);
    expect(refusalOf(await create(input, ann))).toEqual(refused('BAD_USER_INPUT', ...paths));
    expect(await app.prisma.agent.count()).toBe(before);
  });

  test('an unknown category is answered with those that there are', async () => {
    const { errors } = await create({ category: 'cooking' }, ann);
    expect(errors[0]?.message).toContain('research, security');
  });
});

describe('updateAgent', () => {
  const annsAgent = (row = {}) => createAgent(app.prisma, { author: 'ann', ...row });

  test('changes what is sent and leaves the rest', async () => {
    const agent = await annsAgent({ name: 'Before', tagline: 'Stays', imageUrl: 'https://example.com/a.png' });
    const input = { agentId: idOf('Agent', agent), name: 'After', imageUrl: null };
    const { data, errors } = await update(input, ann);
    expect(errors).toEqual([]);
    expect(data.updateAgent.agent).toMatchObject({ slug: agent.slug, name: 'After', tagline: 'Stays', imageUrl: null });
  });

  test('a new category is counted where the agent went and no longer where it was', async () => {
    const agent = await annsAgent();
    const before = [await agentCount('research'), await agentCount('security')] as const;
    await update({ agentId: idOf('Agent', agent), category: 'security' }, ann);
    expect([await agentCount('research'), await agentCount('security')]).toEqual([before[0] - 1, before[1] + 1]);
  });

  test('the price must fit the pricing that results', async () => {
    const agentId = idOf('Agent', await annsAgent({ pricing: 'PAID', price: 5 }));
    const price = refused('BAD_USER_INPUT', ['input', 'price']);
    expect(refusalOf(await update({ agentId, pricing: 'FREE' }, ann))).toEqual(price);
    expect(refusalOf(await update({ agentId, price: null }, ann))).toEqual(price);
    expect(refusalOf(await update({ agentId, pricing: 'FREE', price: null }, ann))).toBeNull();
    expect(refusalOf(await update({ agentId, pricing: 'FREEMIUM', price: 0.5 }, ann))).toBeNull();
  });

  test.each([
    ['null for the name', { name: null }, 'name'],
    ['null for the pricing', { pricing: null }, 'pricing'],
    ['an unknown category', { category: 'cooking' }, 'category'],
  ])('%s is refused, and nothing is written', async (_what, input, field) => {
    const agent = await annsAgent();
    const answer = await update({ agentId: idOf('Agent', agent), tagline: 'Changed', ...input }, ann);
    expect(refusalOf(answer)).toEqual(refused('BAD_USER_INPUT', ['input', field]));
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toEqual(agent);
  });

  test('its author and admins may, others and strangers may not', async () => {
    const agent = await annsAgent();
    const input = { agentId: idOf('Agent', agent), name: 'Mine' };
    expect(refusalOf(await update(input))).toEqual(refused('UNAUTHENTICATED'));
    expect(refusalOf(await update(input, bob))).toEqual(refused('FORBIDDEN'));
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toEqual(agent);
    expect(refusalOf(await update(input, admin))).toBeNull();
  });
});

test.each(['updateAgent', 'deleteAgent', 'featureAgent'])(
  '%s knows an id of nothing from an id of something else',
  async (name) => {
    const run = (agentId: string) => mutate(app, name, { input: { agentId }, select: '__typename', token: admin });
    expect(refusalOf(await run(missingIdOf('Agent')))).toEqual(refused('NOT_FOUND', ['input', 'agentId']));
    expect(refusalOf(await run(missingIdOf('Template')))).toEqual(refused('BAD_USER_INPUT', ['input', 'agentId']));
    expect(refusalOf(await run('junk'))).toEqual(refused('BAD_USER_INPUT', ['input', 'agentId']));
  },
);

describe('featureAgent', () => {
  const feature = (input: object, token?: string) =>
    mutate(app, 'featureAgent', { input, select: 'agent { featured }', ...(token && { token }) });

  test('admins present an agent, and take it back', async () => {
    const agentId = idOf('Agent', await createAgent(app.prisma));
    expect((await feature({ agentId }, admin)).data.featureAgent.agent).toEqual({ featured: true });
    expect((await feature({ agentId, featured: false }, admin)).data.featureAgent.agent).toEqual({ featured: false });
  });

  test('not even its author may', async () => {
    const agent = await createAgent(app.prisma, { author: 'ann' });
    const input = { agentId: idOf('Agent', agent) };
    expect(refusalOf(await feature(input))).toEqual(refused('UNAUTHENTICATED'));
    expect(refusalOf(await feature(input, ann))).toEqual(refused('FORBIDDEN'));
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toEqual(agent);
  });
});

describe('deleteAgent', () => {
  test('takes the reviews with it; steps of templates keep their text', async () => {
    const agent = await createAgent(app.prisma, { author: 'ann', category: 'security' });
    const template = await createTemplate(app.prisma, { agents: [agent] });
    const { id: authorId } = await createUser(app.prisma, 'bob');
    await app.prisma.review.create({ data: { agentId: agent.id, authorId, rating: 1 } });
    const before = await agentCount('security');

    const { data } = await remove({ agentId: idOf('Agent', agent) }, ann);
    expect(data.deleteAgent.deletedAgentId).toBe(idOf('Agent', agent));
    expect(await app.prisma.review.count({ where: { agentId: agent.id } })).toBe(0);
    expect(await app.prisma.templateStep.findMany({ where: { templateId: template.id } })).toMatchObject([
      { title: 'Step 1', agentId: null },
    ]);
    expect(await agentCount('security')).toBe(before - 1);
    expect(refusalOf(await remove({ agentId: idOf('Agent', agent) }, ann))).toEqual(
      refused('NOT_FOUND', ['input', 'agentId']),
    );
  });

  test('is a CONFLICT while the agent is installed, unless it is to be taken out', async () => {
    const agent = await createAgent(app.prisma, { author: 'ann' });
    await install(app.prisma, agent, await createWorkspace(app.prisma));
    const input = { agentId: idOf('Agent', agent) };
    const { errors } = await remove(input, ann);
    expect(errors[0]).toMatchObject({ extensions: { code: 'CONFLICT' } });
    expect(errors[0]?.message).toContain('1 workspace.');
    expect(await app.prisma.installation.count({ where: { agentId: agent.id } })).toBe(1);

    expect(refusalOf(await remove({ ...input, uninstall: true }, ann))).toBeNull();
    expect(await app.prisma.installation.count({ where: { agentId: agent.id } })).toBe(0);
  });

  test('its author and admins may, others and strangers may not', async () => {
    const agent = await createAgent(app.prisma, { author: 'ann' });
    const input = { agentId: idOf('Agent', agent), uninstall: true };
    expect(refusalOf(await remove(input))).toEqual(refused('UNAUTHENTICATED'));
    expect(refusalOf(await remove(input, bob))).toEqual(refused('FORBIDDEN'));
    expect(await app.prisma.agent.findUnique({ where: { id: agent.id } })).toEqual(agent);
    expect(refusalOf(await remove(input, admin))).toBeNull();
  });

  test('an installation that races with it comes first or fails; none is left behind', async () => {
    const workspace = await createWorkspace(app.prisma, { bob: 'OWNER' });
    for (let round = 0; round < 12; round += 1) {
      const agent = await createAgent(app.prisma, { author: 'ann' });
      const agentId = idOf('Agent', agent);
      const installing = () =>
        mutate(app, 'installAgent', {
          input: { agentId, workspaceId: idOf('Workspace', workspace) },
          select: '__typename',
          token: bob,
        });
      const racers = [() => remove({ agentId }, ann), installing];
      if (round % 2) racers.reverse();
      const answers = await Promise.all(racers.map((run) => run()));
      const left = await app.prisma.installation.count({ where: { agentId: agent.id } });
      const codes = answers.map((answer) => refusalOf(answer)?.code).filter(Boolean);
      expect([
        ['CONFLICT', 1],
        ['NOT_FOUND', 0],
      ]).toContainEqual([codes.join(), left]);
    }
  });
});
