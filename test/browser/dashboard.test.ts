import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../support/app.js';
import { launchChromium } from '../support/chromium.js';
import { createAgent } from '../support/marketplace.js';
import { type Listening, listen } from '../support/listen.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AGENT = 'query Scribe { agent(slug: "scribe") { name } }';

let app: TestApp;
let server: Listening;
let browser: Browser;
let page: Page;
let root: string, ann: string;
let complaints: string[], addresses: string[];

beforeAll(async () => {
  // As in production, where nobody is trusted for sitting at the machine.
  app = await startApp({ env: { CACHE_ENGINE: 'larder', NODE_ENV: 'production' } });
  [root, ann] = await Promise.all([app.token('root', 'ADMIN'), app.token('ann')]);
  await createAgent(app.prisma, { slug: 'scribe', name: 'Scribe' });
  await app.poll();
  server = await listen(app);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await app.close();
});

beforeEach(async () => {
  await open('light', 1280);
});
afterEach(async () => {
  await page.context().close();
});

async function open(colorScheme: 'light' | 'dark', width: number): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  complaints = [];
  addresses = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(`${server.url}/dashboard`);
}

async function signIn(token = root): Promise<void> {
  await page.locator('#sign-in-locked').click();
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
}

const ask = (query: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  }).then((response) => response.headers.get('x-cache'));

const requestsOf = (operation: string) =>
  page
    .getByRole('row', { name: new RegExp(operation) })
    .locator('td')
    .first()
    .innerText();

/** The stream is refused before anybody has signed in, which the browser tells. */
const unexpected = () => complaints.filter((text) => !/status of 401/.test(text));

describe('who looks', () => {
  it('sees nothing without a token', async () => {
    await page.locator('#locked').waitFor();
    expect(await page.locator('#figures').isVisible()).toBe(false);
  });

  it('is told why a token does not do, and may try another one', async () => {
    await signIn(ann);
    await expect.poll(() => page.locator('#sign-in-error').innerText()).toContain('for admins');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.getByLabel('Token', { exact: true }).fill(root);
    await page.keyboard.press('Enter');
    await page.locator('#figures').waitFor();
  });

  it('stays signed in when the page is loaded again, and signs out for good', async () => {
    await signIn();
    await page.locator('#figures').waitFor();
    await page.reload();
    await page.locator('#figures').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('#locked').waitFor();
    await page.reload();
    await page.locator('#locked').waitFor();
  });

  it('has the token in no address, and asks nobody but this server', async () => {
    await signIn();
    await page.locator('#figures').waitFor();
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of addresses) {
      expect(address.startsWith(server.url)).toBe(true);
      expect(address).not.toContain(root.slice(0, 20));
      expect(address).not.toContain('token');
    }
  });
});

describe('an admin', () => {
  beforeEach(async () => {
    await signIn();
    await page.locator('#figures').waitFor();
  });

  it('watches figures that go on by themselves', async () => {
    await ask(AGENT);
    await expect.poll(() => requestsOf('Scribe'), { timeout: 10_000 }).toMatch(/\d+/);
    const before = Number(await requestsOf('Scribe'));
    await Promise.all([ask(AGENT), ask(AGENT), ask(AGENT)]);
    await expect.poll(async () => Number(await requestsOf('Scribe')), { timeout: 10_000 }).toBe(before + 3);
    expect(await page.locator('#chart-tiers canvas').count()).toBe(1);
  });

  it('invalidates tags after a question, and sees how many answers went', async () => {
    await ask(AGENT);
    expect(await ask(AGENT)).toBe('HIT');
    await page.getByLabel('Invalidate tags').fill('Agent');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.innerText()).toContain('stops serving what depends on Agent');
    expect(await ask(AGENT)).toBe('HIT');
    await dialog.getByRole('button', { name: 'Invalidate' }).click();
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/^[1-9]\d* answers went/);
    expect(await ask(AGENT)).toBe('MISS');
    await expect.poll(() => page.locator('#changes').innerText(), { timeout: 10_000 }).toContain('Agent!');
  });

  it('is told what is wrong with a tag', async () => {
    await page.getByLabel('Invalidate tags').fill('Elephant');
    await page.getByRole('button', { name: 'Invalidate…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Invalidate' }).click();
    await expect.poll(() => page.getByRole('status').innerText()).toContain('names no model');
  });

  it('takes a question back with Escape, and stands where the question was asked', async () => {
    await ask(AGENT);
    await ask(AGENT);
    const flush = page.getByRole('button', { name: 'Flush everything…' });
    await flush.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Flush everything…');
    expect(await ask(AGENT)).toBe('HIT');
  });

  it('runs the self-test, and reads that all is well', async () => {
    await page.getByRole('button', { name: 'Run the self-test…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => page.getByRole('status').innerText(), { timeout: 15_000 }).toContain('All is well.');
    expect(await page.locator('.checks li').count()).toBe(4);
  });

  it('reaches every control by keyboard', async () => {
    const reached = new Set<string>();
    await page.locator('body').press('Tab');
    for (let index = 0; index < 20; index += 1) {
      reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''));
      await page.keyboard.press('Tab');
    }
    expect([...reached]).toEqual(expect.arrayContaining(['sign-out', 'order', 'pause', 'tags', 'Flush everything…']));
  });
});

it('acts where only known documents are answered, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'larder-trusted-'));
  const hash = createHash('sha256').update(AGENT).digest('hex');
  await writeFile(join(folder, 'web.json'), JSON.stringify({ [hash]: AGENT }));
  const env = { CACHE_ENGINE: 'larder', NODE_ENV: 'production', OPERATIONS: 'trusted', TRUSTED_DOCUMENTS: folder };
  const strict = await startApp({ env });
  const place = await listen(strict);
  try {
    await page.goto(`${place.url}/dashboard`);
    await signIn();
    await page.getByRole('button', { name: 'Flush everything…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Flush everything' }).click();
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/^\d+ answers went/);
  } finally {
    await place.close();
    await strict.close();
    await rm(folder, { recursive: true });
  }
});

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const)('in %s, %d pixels wide', (scheme, width) => {
  it('nobody is shut out, nothing sticks out, and the browser has nothing to complain of', async () => {
    await page.context().close();
    await open(scheme, width);
    await signIn();
    await page.locator('#figures').waitFor();
    await Promise.all([ask(AGENT), ask('{ nothing }')]);
    await expect.poll(() => page.getByRole('row', { name: /Scribe/ }).count(), { timeout: 10_000 }).toBe(1);
    await page.getByRole('button', { name: 'Flush everything…' }).click();
    // As a tool of the browser's: the page's own policy would not let it in.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: AXE });
    for (const isOpen of [true, false]) {
      if (!isOpen) await page.keyboard.press('Escape');
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      expect(violations).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(unexpected()).toEqual([]);
  });
});

interface Violation {
  id: string;
  nodes: { html: string }[];
}
