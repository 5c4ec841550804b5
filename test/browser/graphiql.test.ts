import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { EXAMPLES } from '../../src/graphiql/examples.js';
import { type TestApp, startApp } from '../support/app.js';
import { launchChromium } from '../support/chromium.js';
import { type Listening, listen } from '../support/listen.js';

let app: TestApp;
let server: Listening;
let browser: Browser;
let page: Page;
const foreignRequests: string[] = [];

beforeAll(async () => {
  app = await startApp({ env: { CACHE_ENGINE: 'larder' } });
  await app.prisma.collection.create({ data: { address: `0x${'a'.repeat(40)}`, name: 'Such Dragons' } });
  server = await listen(app);
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(server.url))
      foreignRequests.push(request.url());
  });
  await page.goto(`${server.url}/graphql`);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await app.close();
});

it('GraphiQL opens with a tab for each example', async () => {
  await page.getByRole('button', { name: /execute query/i }).waitFor();
  await expect.poll(() => page.getByRole('tab').allInnerTexts()).toHaveLength(EXAMPLES.length);
});

/** As the editor draws it: with no-break spaces. */
const result = async () => (await page.locator('.graphiql-response').innerText()).replaceAll('\u00a0', ' ');

it('GraphiQL runs an example and shows its result', async () => {
  await page.getByRole('button', { name: /execute query/i }).click();
  await expect.poll(result, { timeout: 15_000 }).toContain('"name": "Such Dragons"');
});

it('what the cache did is said below it, in words: why, for how long and by whom, and what would purge it', async () => {
  const panel = page.locator('#cache-panel');
  await panel.locator('summary').click();
  await page.getByRole('button', { name: /execute query/i }).click();
  await expect.poll(() => panel.innerText(), { timeout: 15_000 }).toContain('Hit: answered from the cache');
  const text = await panel.innerText();
  expect(text).toMatch(/found in memory, \d+ s old/);
  expect(text).toContain('300 s, set by Nft;');
  expect(text).toContain('everyone');
  expect(text).toMatch(/a write to Collection \(.*which rows there are\)/);
  expect(await result()).not.toContain('"cache"');
});

it('each tab opens with the first click, and shows its example', async () => {
  const titles = await page.getByRole('tab').allInnerTexts();
  for (const title of titles) {
    const tab = page.getByRole('tab', { name: title });
    await tab.click();
    expect(await tab.getAttribute('aria-selected')).toBe('true');
  }
});

it('an example that needs a token says how to get one', async () => {
  await page.getByRole('tab', { name: 'Mine' }).click();
  await page.getByRole('button', { name: 'Headers' }).click();
  const headers = page.locator('.graphiql-editor-tool').getByText('Authorization');
  await expect.poll(() => headers.count()).toBeGreaterThan(0);
});

it('GraphiQL asks nobody but this server', () => {
  expect(foreignRequests).toEqual([]);
});
