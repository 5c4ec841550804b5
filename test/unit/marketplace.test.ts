import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Table, Tables } from '../../src/data/insert-rows.js';
import { marketplace } from '../../src/data/seed/marketplace.js';
import { DEFAULTS, type SeedOptions } from '../../src/data/seed/plan.js';
import { line, slug, text } from '../../src/graphql/inputs.js';

/** Of the rows of scale 0.1. Changes when what is made changes: put the new one here. */
const CHECKSUM = 'ecab98092f8b0f7b';

type Rows = { [T in Table]: Tables[T][] };

function make(options: Partial<SeedOptions> = {}): Rows {
  const rows: Record<string, unknown[]> = {};
  for (const batch of marketplace({ ...DEFAULTS, ...options })) (rows[batch.table] ??= []).push(...batch.rows);
  return rows as Rows;
}

function checksum(options: Partial<SeedOptions>): string {
  const hash = createHash('sha256');
  for (const [table, rows] of Object.entries(make({ scale: 0.1, ...options })))
    for (const row of rows) hash.update(JSON.stringify([table, row]));
  return hash.digest('hex').slice(0, 16);
}

const time = (moment: Date | string | undefined): number => new Date(moment!).getTime();

test('the same scale, seed and day make the same rows, whatever the machine and the day', () => {
  expect(checksum({})).toBe(CHECKSUM);
});

test('another seed, or another last day, makes another marketplace', () => {
  expect(checksum({ seed: '2' })).not.toBe(CHECKSUM);
  expect(checksum({ until: new Date('2027-01-01') })).not.toBe(CHECKSUM);
});

describe('at scale 1', () => {
  const rows = make();

  test('there is as much of everything as promised', () => {
    const counts = Object.fromEntries(Object.entries(rows).map(([table, { length }]) => [table, length]));
    expect(counts).toMatchObject({
      Collection: 40,
      Nft: 8_000,
      Wallet: 600,
      User: 300,
      Agent: 240,
      Category: 12,
      Template: 180,
      Workspace: 60,
    });
    expect(counts.Review).toBeGreaterThan(1_000);
    expect(counts.Installation).toBeGreaterThan(600);
    expect(counts.Transfer).toBeGreaterThan(12_000);
  });

  test('a tenth of the wallets ends up with more than half of the tokens, and most agents are installed by few', () => {
    const holder = new Map<number, number>();
    for (const { nftId, toId } of rows.Transfer) holder.set(nftId, toId!);
    expect(shareOfTopTenth([...holder.values()], 600)).toBeGreaterThan(0.5);
    expect(
      shareOfTopTenth(
        rows.Installation.map(({ agentId }) => agentId),
        240,
      ),
    ).toBeGreaterThan(0.4);
  });

  test('each collection makes other traits rare: the commonest value of a type is many times the rarest', () => {
    const uses = new Map<number, number>();
    for (const { traitId } of rows.NftTrait) uses.set(traitId, (uses.get(traitId) ?? 0) + 1);
    const eyes = rows.Trait.filter(({ collectionId, traitType }) => collectionId === 1 && traitType === 'Eyes');
    const counts = eyes.map(({ id }) => uses.get(id!)!);
    expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(4);
  });

  test('tokens of an edition are held by several wallets, other tokens by one at a time', () => {
    const standards = new Map(rows.Collection.map(({ id, standard }) => [id, standard]));
    const mints = new Map<number, number>();
    for (const { nftId, fromId } of rows.Transfer) if (fromId === null) mints.set(nftId, (mints.get(nftId) ?? 0) + 1);
    for (const { id, collectionId } of rows.Nft) {
      if (standards.get(collectionId) === 'ERC721') expect(mints.get(id!)).toBe(1);
      else expect(mints.get(id!)).toBeGreaterThan(1);
    }
  });

  test('all of it happened in the last year, in an order that makes sense', () => {
    const moments = rows.Transfer.map((transfer) => time(transfer.time as Date));
    expect(Math.min(...moments)).toBeGreaterThan(time('2025-11-01'));
    expect(Math.max(...moments)).toBeLessThan(time('2026-11-01'));
    const last = new Map<number, number>();
    for (const { nftId, time: moment } of rows.Transfer) {
      expect(time(moment as Date)).toBeGreaterThanOrEqual(last.get(nftId) ?? 0);
      last.set(nftId, time(moment));
    }
    const published = new Map(rows.Agent.map(({ id, createdAt }) => [id, time(createdAt as Date)]));
    for (const { agentId, createdAt } of rows.Installation)
      expect(time(createdAt as Date)).toBeGreaterThanOrEqual(published.get(agentId)!);
  });

  test('names and texts are such as the API would take', () => {
    const slugs = [rows.Agent, rows.Template, rows.Workspace].flatMap((list) => list.map((row) => row.slug));
    for (const word of [...slugs, ...rows.User.map(({ username }) => username)])
      expect(slug.safeParse(word).error).toBeUndefined();
    for (const { comment } of rows.Review) expect(text(2_000).safeParse(comment).error).toBeUndefined();
    for (const { tagline } of rows.Agent) expect(line(160).safeParse(tagline).error).toBeUndefined();
    // Beyond forty collections they are invented.
    expect(JSON.stringify([rows, make({ scale: 1.2 }).Collection])).not.toMatch(/undefined|NaN|%/);
  });

  test('each collection has a name and a symbol of its own, and "Such Dragons" is the first', () => {
    expect(rows.Collection[0]).toMatchObject({ name: 'Such Dragons', verified: true });
    expect(new Set(rows.Collection.map(({ name }) => name)).size).toBe(40);
    expect(new Set(rows.Collection.map(({ symbol }) => symbol)).size).toBe(40);
  });

  test('authors do not review their own agents, and nobody reviews one twice', () => {
    const authors = new Map(rows.Agent.map(({ id, authorId }) => [id, authorId]));
    expect(rows.Review.filter(({ agentId, authorId }) => authors.get(agentId) === authorId)).toEqual([]);
    expect(new Set(rows.Review.map(({ agentId, authorId }) => `${agentId} ${authorId}`)).size).toBe(rows.Review.length);
  });
});

function shareOfTopTenth(ids: readonly number[], all: number): number {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const top = [...counts.values()].sort((a, b) => b - a).slice(0, all / 10);
  return top.reduce((sum, count) => sum + count, 0) / ids.length;
}
