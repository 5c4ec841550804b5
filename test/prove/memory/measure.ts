/**
 * Prints how many bytes of memory an entry of the memory tier takes, and how many it has in Redis.
 * `node --expose-gc … measure.ts <dependencies> <body bytes> filled|fetched`
 */
import { randomBytes } from 'node:crypto';
import { bodyOfBytes } from '../../../src/cache/body.js';
import type { Dependency } from '../../../src/cache/dependency.js';
import { decodeEntry, encodeEntry } from '../../../src/cache/entry-codec.js';
import { type Entry, memoryOf } from '../../../src/cache/entry.js';
import { Knowledge } from '../../../src/cache/knowledge.js';
import { MemoryTier } from '../../../src/cache/memory-tier.js';
import { Seal } from '../../../src/cache/seal.js';
import { rowTag } from '../../../src/cache/tag.js';

const ENTRIES = 10_000;
const [dependencies = 1, bodyBytes = 0] = process.argv.slice(2, 4).map(Number);
const isFetched = process.argv[4] === 'fetched';
const seal = new Seal(randomBytes(32));

/** As a list of rows makes them: a tag each, columns that many share. */
const COLUMNS = ['authorId', 'category', 'id', 'name', 'slug', 'tagline'];

function newEntry(number: number): Entry {
  const list = Array.from({ length: dependencies }, (_, index): Dependency => ({
    tag: rowTag('Agent', String(number * dependencies + index)),
    columns: COLUMNS,
  }));
  const key = randomBytes(32).toString('base64url');
  const body = bodyOfBytes(new Uint8Array(bodyBytes).fill(number));
  return {
    key,
    epoch: EPOCH,
    snapshot: { xmin: 1_000_000 + number, xmax: 1_000_000 + number, running: [] },
    dependencies: list,
    createdAt: Date.now(),
    lifetime: LIFETIME,
    note: NOTE,
    body,
    bytes: memoryOf(key, body, dependencies),
  };
}

const EPOCH = 'c0ffee00-0000-4000-8000-000000000000';
const LIFETIME = { maxAge: 300, staleWhileRevalidate: 0, staleIfError: 0 };
const NOTE = { scope: 'PUBLIC' };

/** Heap and what lies beside it, when nothing else is left to be collected. */
function memory(): number {
  if (!globalThis.gc) throw new Error('Run this with node --expose-gc.');
  for (let times = 0; times < 4; times += 1) globalThis.gc();
  // arrayBuffers are a part of external.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const knowledge = new Knowledge();
knowledge.begin(EPOCH);
knowledge.missedBelow(0);
const tier = new MemoryTier(8 * 2 ** 30);
const fill = (from: number, count: number) => {
  for (let number = from; number < from + count; number += 1) {
    const entry = newEntry(number);
    const held = isFetched ? decodeEntry(encodeEntry(entry, seal), entry.key, seal)! : entry;
    // As after the next write, when they have been read.
    if (held.dependencies.length !== dependencies) throw new Error('Some were lost.');
    tier.set(knowledge.hold(held));
  }
};
// What exists once only is there before the first reading.
fill(0, 100);
const before = memory();
fill(100, ENTRIES);
const after = memory();
if (tier.count !== ENTRIES + 100) throw new Error(`The tier holds ${tier.count} entries: it has evicted some.`);
const ownBytes = encodeEntry(newEntry(ENTRIES), seal).byteLength;
process.stdout.write(JSON.stringify({ bytesPerEntry: Math.round((after - before) / ENTRIES), ownBytes }));
