/** npm run import: reads the tokens of a collection into the database. */
import { readConfig } from '../config.js';
import { DEFAULT_TRAIT_TYPE } from '../data/import/metadata.js';
import { type ImportReport, importCollection } from '../data/import/import.js';
import { importOptions } from '../data/import/options.js';
import { runCommand } from './command.js';
import { withDatabase } from './database.js';
import { createProgress } from './progress.js';

const usage = `Reads the tokens of a collection into the database. Repeating it changes only what has changed in the files.

  npm run import -- <file.jsonl or folder> --address 0x… [options]

  --address 0x…      the contract of the collection
  --chain NAME       its chain: ETHEREUM (default), POLYGON, BASE, ARBITRUM, OPTIMISM or ZORA
  --name NAME        the name of the collection (default: the one it has, or the name of the file)
  --standard NAME    ERC721 (default) or ERC1155
  --owners FILE.csv  who holds what: token_id, owner and, for ERC-1155, quantity, named in the first line.
                     Holders that differ become transfers, made now; tokens that the file does not name keep their holders.
  --strict           all or nothing: one bad record, and nothing is written

  npm run import -- punks.jsonl --address 0xb47e3cd837dDF8e4c57F05d70Ab865de6e193BBB --name CryptoPunks
  npm run import -- metadata/ --address 0x… --chain BASE --owners owners.csv --strict

A file has one JSON object a line, a folder one in each file named 17 or 17.json. Read are name, description, image, and
attributes with trait_type ("${DEFAULT_TRAIT_TYPE}" if there is none) and value. The token id is the name of the file, or the
field tokenId, token_id, edition or id. Bad records are told with their place and left out,
and it still ends with 0: use --strict to have all or nothing. Other JSON files in a folder, with no token id, are no records.`;

const n = (count: number): string => count.toLocaleString('en');

const tokenSummary = ({ added, changed, unchanged, bad }: ImportReport): string =>
  `Tokens: ${n(added)} added, ${n(changed)} changed, ${n(unchanged)} as they were, ${n(bad)} bad.`;

const ownerSummary = ({ transfers, badOwners }: ImportReport): string =>
  `Owners: ${n(transfers)} transfers made, ${n(badOwners)} lines bad.`;

await runCommand({
  usage,
  argument: 'path',
  options: {
    address: { type: 'string' },
    chain: { type: 'string' },
    name: { type: 'string' },
    standard: { type: 'string' },
    owners: { type: 'string' },
    strict: { type: 'boolean' },
  },
  schema: importOptions,
  run: (options) =>
    withDatabase(readConfig(), async (prisma) => {
      const started = performance.now();
      const progress = createProgress();
      const report = await importCollection(prisma, options, {
        onProgress: (step, done, all) => progress.update(step, done, all),
        onFault: (place, fault) => progress.say(`${place}: ${fault}`),
        onNote: (place, note) => progress.say(`${place}: ${note}`),
      }).finally(() => progress.stop());
      console.log(tokenSummary(report));
      if (options.owners !== undefined) console.log(ownerSummary(report));
      console.log(`It took ${((performance.now() - started) / 1_000).toFixed(1)} s.`);
    }),
});
