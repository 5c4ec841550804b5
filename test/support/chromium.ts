/** A headless Chromium, driven by playwright-core, which brings none of its own. */
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM, locateOrExplain } from './programs.js';

export async function launchChromium(): Promise<Browser> {
  const located = locateOrExplain(CHROMIUM);
  if (located.kind !== 'executable') throw new Error('Chromium cannot be run from an image here.');
  // Its sandbox refuses root and most containers; what it opens here is our own page.
  return chromium.launch({ executablePath: located.path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
