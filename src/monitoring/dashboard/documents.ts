/**
 * The operations of the page, known to the server beforehand: the page asks for them by the hashes of their documents, so they are answered where
 * only known ones are (OPERATIONS=trusted) as well. To know them is to be allowed nothing: each field asks for an admin.
 */
import { createHash } from 'node:crypto';

/** By the names of the page's actions. */
const DOCUMENTS = {
  invalidateCache:
    'mutation Invalidate($tags: [String!]!) { result: invalidateCache(input: { tags: $tags }) { purged } }',
  flushCache: 'mutation Flush { result: flushCache { purged } }',
  warmCache: 'mutation Warm { result: warmCache { warmed } }',
  resetCircuitBreakers: 'mutation ResetBreakers { result: resetCircuitBreakers { closed } }',
  resetStatistics: 'mutation ResetFigures { result: resetStatistics { since } }',
  runSelfTest: 'mutation SelfTest { result: runSelfTest { ok checks { name ok ms advice } } }',
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** By their hashes. */
export const DASHBOARD_DOCUMENTS: ReadonlyMap<string, string> = new Map(
  Object.values(DOCUMENTS).map((text) => [hashOf(text), text]),
);

/** A module for the page: a browser hashes nothing itself where the address is neither https nor of its own machine. */
export const HASHES_MODULE = `export const HASHES = ${JSON.stringify(
  Object.fromEntries(Object.entries(DOCUMENTS).map(([name, text]) => [name, hashOf(text)])),
)};\n`;
