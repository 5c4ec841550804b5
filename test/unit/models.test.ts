/** Metadata from the schema, and the tags it makes. */
import { describe, expect, test } from 'vitest';
import { modelNamed } from '../../src/tracking/models.js';
import { groupTagOf, narrowestGroups, rowTagOf } from '../../src/tracking/tags.js';

const nft = modelNamed('Nft');
const agent = modelNamed('Agent');

describe('the groups of a model', () => {
  test('are its foreign keys, its unique columns, and what its indexes begin with, but not what they merely order by', () => {
    expect(agent.groups).toEqual([['slug'], ['category'], ['featured'], ['pricing'], ['authorId']]);
    expect(nft.groups).toEqual([['collectionId'], ['ownerId'], ['collectionId', 'tokenId']]);
    expect(modelNamed('WalletNonce').groups).toEqual([['userId']]);
  });
});

describe('the relations of a model', () => {
  test('say from both sides which columns equal which', () => {
    expect(nft.relations.collection).toEqual({
      model: 'Collection',
      isList: false,
      from: ['collectionId'],
      to: ['id'],
      joinTable: null,
    });
    expect(modelNamed('Collection').relations.nfts).toEqual({
      model: 'Nft',
      isList: true,
      from: ['id'],
      to: ['collectionId'],
      joinTable: null,
    });
    expect(modelNamed('Wallet').relations.received!.to).toEqual(['toId']);
  });
});

test('a model that does not exist is refused', () => {
  expect(() => modelNamed('Nothing')).toThrow('There is no model "Nothing"');
});

describe('the tag of a row', () => {
  test('has the parts of its key in their order', () => {
    expect(rowTagOf(modelNamed('Holding'), { collectionId: 2, walletId: 1 })).toBe('Holding:1,2');
    expect(rowTagOf(modelNamed('Category'), { slug: 'a b' })).toBe('Category:a b');
  });

  test('cannot be made without all of them', () => {
    expect(() => rowTagOf(modelNamed('Holding'), { walletId: 1 })).toThrow('its tag needs walletId, collectionId');
  });
});

describe('the tag of a group', () => {
  test('names columns in the order of the schema, however they are given', () => {
    expect(groupTagOf(nft, { tokenId: '07', collectionId: 1 })).toBe('Nft[collectionId=1,tokenId=7]');
    expect(groupTagOf(nft, { ownerId: null })).toBe('Nft[ownerId=null]');
    expect(groupTagOf(agent, { category: 'null' })).toBe('Agent[category="null"]');
  });

  test('is none where there is no such group', () => {
    expect(groupTagOf(nft, { name: 'a' })).toBeNull();
    expect(groupTagOf(nft, { ownerId: 1, collectionId: 1 })).toBeNull();
    expect(groupTagOf(nft, { ownerId: 1.5 })).toBeNull();
  });
});

describe('the narrowest groups', () => {
  test('are those of most columns', () => {
    expect(narrowestGroups(nft, { ownerId: [1], collectionId: [1], tokenId: [2, 3] })).toEqual([
      'Nft[collectionId=1,tokenId=2]',
      'Nft[collectionId=1,tokenId=3]',
    ]);
  });

  test('are wider ones where the narrowest would be too many or cannot be named', () => {
    const many = Array.from({ length: 101 }, (_, id) => id);
    expect(narrowestGroups(nft, { collectionId: [1], tokenId: many })).toEqual(['Nft[collectionId=1]']);
    expect(narrowestGroups(nft, { collectionId: [1], tokenId: ['x'] })).toEqual(['Nft[collectionId=1]']);
  });

  test('are none where nobody can be in them, and unknown where only the table will do', () => {
    expect(narrowestGroups(nft, { collectionId: [] })).toEqual([]);
    expect(narrowestGroups(nft, { name: ['a'] })).toBeNull();
    expect(narrowestGroups(nft, {})).toBeNull();
  });
});
