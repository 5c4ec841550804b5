/** Slugs that are made from names which many rows share. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { mutate } from '../support/mutate.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** Of this name nothing can stand in a slug, as of all names without Latin letters. */
const create = async () =>
  mutate(app, 'createWorkspace', {
    ...{ input: { name: '龍' }, select: 'workspace { slug }' },
    token: await app.token('ann'),
  });

/** With `base`, `base-2` and so on there are so many. */
const fill = (from: number, to: number) =>
  app.prisma.$executeRaw`
    INSERT INTO "Workspace" (slug, name) SELECT 'workspace-' || n, '龍' FROM generate_series(${from}::int, ${to}::int) AS n`;

test('are numbered while a few share one, and told apart by chance, after as few looks, when 12,000 do', async () => {
  const slugOf = async () => (await create()).data.createWorkspace.workspace.slug as string;
  expect([await slugOf(), await slugOf(), await slugOf()]).toEqual(['workspace', 'workspace-2', 'workspace-3']);
  await fill(4, 109);
  expect(await slugOf()).toBe('workspace-110');

  await fill(111, 12_000);
  const { result, sent } = await app.countStatements(create);
  expect(result.data.createWorkspace.workspace.slug).toMatch(/^workspace-[0-9a-z]{6}$/);
  const withSlugs = sent.filter(({ params }) => params.includes('workspace-'));
  expect(withSlugs).toHaveLength(3);
  expect(withSlugs.flatMap(({ params }) => params.match(/workspace-/g)).length).toBeLessThan(1_000);
});
