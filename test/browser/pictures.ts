/** Takes the pictures of the dashboard that the README shows: `tsx test/browser/pictures.ts`. Two workers over the demo data, asked and written to for a while. */
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULTS } from '../../src/data/seed/plan.js';
import { seed } from '../../src/data/seed/seed.js';
import { signToken } from '../../src/platform/auth.js';
import { load } from '../loadtest/load.js';
import { MIX } from '../loadtest/operations.js';
import { startFleet } from '../prove/fleet/fleet.js';
import { SECRET } from '../prove/fleet/server.js';
import { launchChromium } from '../support/chromium.js';

const SECONDS = 30;
/** Requests a second. */
const RATE = 60;
const WRITE_EVERY_MS = 400;
const PICTURES = [
  { name: 'light', colorScheme: 'light', width: 1280 },
  { name: 'dark', colorScheme: 'dark', width: 1280 },
  { name: 'narrow', colorScheme: 'light', width: 390 },
] as const;

const fleet = await startFleet({
  instances: 1,
  redis: true,
  isDirect: true,
  env: { WORKERS: '2' },
  populate: async (prisma) => {
    await seed(prisma, DEFAULTS);
  },
});
const browser = await launchChromium();
try {
  const [{ url }] = fleet.instances as [(typeof fleet.instances)[0]];
  const token = await signToken(SECRET, {
    user: 'root',
    role: 'ADMIN',
    ttlSeconds: 600,
  });
  const write = (featured: boolean) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `mutation Feature($input: FeatureAgentInput!) { featureAgent(input: $input) { agent { name } } }`,
        variables: { input: { agentId: Buffer.from('Agent:7').toString('base64'), featured } },
      }),
    });
  const opened = [];
  for (const { name, colorScheme, width } of PICTURES) {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(`${url}/dashboard`);
    await page.locator('#sign-in-locked').click();
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    opened.push({ name, page });
  }
  const over = new AbortController();
  const writing = (async () => {
    for (let time = 0; !over.signal.aborted; time += 1) {
      await write(time % 2 === 0);
      await wait(WRITE_EVERY_MS);
    }
  })();
  await load({ url, connections: 10, rate: RATE, seconds: SECONDS, asked: MIX });
  for (const { name, page } of opened) await page.screenshot({ path: `docs/dashboard-${name}.png`, fullPage: true });
  over.abort();
  await writing;
} finally {
  await browser.close();
  await fleet.stop();
}
