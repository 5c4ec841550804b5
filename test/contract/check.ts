/**
 * `npm run contract`: schema.graphql is what was agreed. It ends badly if the code has anything else, if anything in it
 * lacks a description, or if it breaks clients without saying so in the changelog.
 */
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.js';
import { lastReleased } from './released.js';
import { differences, unannounced, undescribed } from './rules.js';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');

const sdl = read('schema.graphql');
const contract = buildSchema(sdl);
const released = lastReleased(ROOT, 'schema.graphql', sdl);
const changelog = existsSync(new URL('CHANGELOG.md', ROOT)) ? read('CHANGELOG.md') : '';

const different = await differences(contract, buildMarketplaceSchema());
tell('The code has not what schema.graphql says. Change the code, or the contract first:', different);
tell('Nothing describes these in schema.graphql:', undescribed(contract));
if (released) {
  const breaking = await unannounced(buildSchema(released.sdl), contract, changelog);
  tell(
    `These break clients of schema.graphql as of ${released.name}. Take them back, or name their paths under "Unreleased" in CHANGELOG.md:`,
    breaking.map(({ path, message }) => `${path}: ${message}`),
  );
}
if (!process.exitCode)
  console.log(`The code has exactly what schema.graphql says${released ? `; compared with ${released.name}` : ''}.`);

function tell(headline: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  console.error([headline, ...faults.map((fault) => `  ${fault}`), ''].join('\n'));
  process.exitCode = 1;
}
