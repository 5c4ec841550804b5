import { brandWithType } from '@pothos/core';
import DataLoader from 'dataloader';
import { describe, expect, test } from 'vitest';
import { modelNamed } from '../../src/tracking/models.js';
import { observeRows } from '../../src/tracking/observed-rows.js';
import { Reads } from '../../src/tracking/reads.js';

const TRAIT = { id: 7, collectionId: 2, traitType: 'Hat', value: 'Crown', nftCount: 3 };
const ALL = Object.keys(TRAIT).sort();

function observed(row: object = { ...TRAIT }) {
  const reads = new Reads();
  const [trait] = observeRows(reads, modelNamed('Trait'), [row]) as [typeof TRAIT & Record<string, unknown>];
  return { reads, trait, seen: () => reads.dependencies().map(({ tag, columns }) => [tag, ...columns].join(' ')) };
}

describe('a row that is observed', () => {
  test('counts for its key alone as long as nobody looks at it', () => {
    const { seen } = observed();
    expect(seen()).toEqual(['Trait:7 id']);
  });

  test('counts for the columns that are read, once each', () => {
    const { trait, seen } = observed();
    expect([trait.value, trait.value, trait.nftCount]).toEqual(['Crown', 'Crown', 3]);
    expect(seen()).toEqual(['Trait:7 id nftCount value']);
  });

  test('counts for what destructuring takes', () => {
    const { trait, seen } = observed();
    const { traitType } = trait;
    expect(traitType).toBe('Hat');
    expect(seen()).toEqual(['Trait:7 id traitType']);
  });

  test.each([
    ['spread', (row: object) => ({ ...row })],
    ['written as JSON', (row: object) => JSON.parse(JSON.stringify(row)) as object],
    ['copied', (row: object) => Object.assign({}, row)],
    ['listed', (row: object) => Object.fromEntries(Object.entries(row))],
    ['taken apart with a rest', ({ ...rest }: object) => rest],
  ])('counts for all columns when it is %s, and gives them all', (_name, take) => {
    const { trait, seen } = observed();
    expect(take(trait)).toEqual(TRAIT);
    expect(seen()).toEqual([`Trait:7 ${ALL.join(' ')}`]);
  });

  test('shows what its statement put beside the columns, which is that statement’s business', () => {
    const { trait, seen } = observed({ ...TRAIT, place$: 1 });
    expect(trait['place$']).toBe(1);
    expect(seen()).toEqual(['Trait:7 id']);
  });

  test('takes the mark by which GraphQL types know their rows, and looks like any other object', () => {
    const { trait, seen } = observed();
    brandWithType(trait, 'Trait' as never);
    expect(Object.prototype.toString.call(trait)).toBe('[object Object]');
    expect('value' in trait).toBe(true);
    expect(seen()).toEqual(['Trait:7 id']);
  });

  test('is a promise of nothing: waiting for it gives the row itself', async () => {
    const { trait } = observed();
    expect(await Promise.resolve(trait)).toBe(trait);
  });

  test('goes on noting when one loader hands it to another', async () => {
    const { trait, seen } = observed();
    const [first, second] = [0, 1].map(() => new DataLoader<number, typeof TRAIT>(() => Promise.reject(new Error())));
    first!.prime(trait.id, trait);
    second!.prime(trait.id, await first!.load(7));
    expect((await second!.load(7)).value).toBe('Crown');
    expect(seen()).toEqual(['Trait:7 id value']);
  });
});

test('copies of one row add up to one dependency', () => {
  const reads = new Reads();
  const rows = observeRows(reads, modelNamed('Trait'), [{ ...TRAIT }, { ...TRAIT }]);
  expect([rows[0]!.value, rows[1]!.nftCount]).toEqual(['Crown', 3]);
  expect(reads.dependencies()).toEqual([{ tag: 'Trait:7', columns: ['id', 'nftCount', 'value'] }]);
});

test('a row whose key has several columns is named by all of them', () => {
  const reads = new Reads();
  observeRows(reads, modelNamed('NftTrait'), [{ nftId: 3, traitId: 4 }]);
  expect(reads.dependencies()).toEqual([{ tag: 'NftTrait:3,4', columns: ['nftId', 'traitId'] }]);
});
