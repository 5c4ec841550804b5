import { describe, expect, test } from 'vitest';
import { type Token, parseToken, tokenIdOfName } from '../../src/data/import/metadata.js';

function tokenOf(record: unknown, fileId: string | null = null): Token {
  const parsed = parseToken(JSON.stringify(record), fileId);
  if ('token' in parsed) return parsed.token;
  throw new Error(parsed.fault);
}

function faultOf(json: string): string {
  const parsed = parseToken(json, null);
  return 'fault' in parsed ? parsed.fault : 'none';
}

const attributesOf = (attributes: unknown) => tokenOf({ id: 1, attributes }).attributes;

test('a record becomes a token', () => {
  const record = {
    tokenId: '7',
    name: ' Such Dragon #7 ',
    description: 'Much\nfire.',
    image: 'https://img.example.com/7.png',
    attributes: [{ trait_type: 'Eyes', value: 'Odd' }],
    external_url: 'ignored',
  };
  expect(tokenOf(record)).toEqual({
    tokenId: '7',
    name: 'Such Dragon #7',
    description: 'Much\nfire.',
    imageUrl: 'https://img.example.com/7.png',
    attributes: [{ traitType: 'Eyes', value: 'Odd' }],
  });
});

test('a token needs nothing but its id', () => {
  const bare = { tokenId: '7', name: '#7', description: '', imageUrl: null, attributes: [] };
  expect(tokenOf({ id: 7 })).toEqual(bare);
  expect(tokenOf({ id: 7, name: null, description: null, image: null, attributes: null })).toEqual(bare);
  expect(tokenOf({ id: 7, name: ' ', image: '' })).toEqual(bare);
});

describe('the token id', () => {
  test.each([
    [{ tokenId: 1, token_id: 2, edition: 3, id: 4 }, '1'],
    [{ token_id: 2, edition: 3, id: 4 }, '2'],
    [{ edition: 3, id: 4 }, '3'],
    [{ tokenId: null, id: 4 }, '4'],
    [{ id: '0017' }, '17'],
    [{ id: '0xff' }, '255'],
    [{ id: (2n ** 256n - 1n).toString() }, (2n ** 256n - 1n).toString()],
  ])('of %o is %s', (record, id) => expect(tokenOf(record).tokenId).toBe(id));

  test('is that of the file, if its name is a number, whatever id and edition say', () => {
    expect(tokenOf({ id: 'a8f1-22', edition: 9 }, '5').tokenId).toBe('5');
    expect(tokenOf({ tokenId: '0x5', token_id: 'Dragon' }, '5').tokenId).toBe('5');
  });

  test.each(['tokenId', 'token_id'])('of the file is not contradicted by its %s', (name) => {
    expect(parseToken(JSON.stringify({ [name]: 9 }), '5')).toEqual({
      fault: `${name}: is another token than the name of the file says`,
    });
  });

  test.each([
    ['17', '17'],
    ['0017', '17'],
    [`${'0'.repeat(62)}1f`, '31'],
    ['metadata', null],
    ['-1', null],
    ['9'.repeat(78), null],
  ])('of a file named %s is %s', (name, id) => expect(tokenIdOfName(name)).toBe(id));
});

describe('attributes', () => {
  test('are text, whatever they were', () => {
    expect(
      attributesOf([
        { trait_type: 'Level', value: 5 },
        { trait_type: 'Share', value: 0.25, display_type: 'boost_percentage' },
        { trait_type: 'Gilded', value: true },
      ]),
    ).toEqual([
      { traitType: 'Level', value: '5' },
      { traitType: 'Share', value: '0.25' },
      { traitType: 'Gilded', value: 'true' },
    ]);
  });

  test('may have several values of one type, and count each once', () => {
    const [pipe, map] = [
      { trait_type: 'Accessory', value: 'Pipe' },
      { trait_type: 'Accessory', value: 'Map' },
    ];
    expect(attributesOf([pipe, map, pipe, { trait_type: ' Accessory ', value: 'Map ' }])).toEqual([
      { traitType: 'Accessory', value: 'Pipe' },
      { traitType: 'Accessory', value: 'Map' },
    ]);
  });

  test('without a type are properties', () => {
    expect(attributesOf([{ value: 'Rare' }, { trait_type: '', value: 'Old' }])).toEqual([
      { traitType: 'Property', value: 'Rare' },
      { traitType: 'Property', value: 'Old' },
    ]);
  });
});

describe('an image', () => {
  test.each([
    ['ipfs://QmX/7.png', 'https://ipfs.io/ipfs/QmX/7.png'],
    ['ipfs://ipfs/QmX/7.png', 'https://ipfs.io/ipfs/QmX/7.png'],
    ['ar://abc', 'https://arweave.net/abc'],
    ['data:image/svg+xml;base64,PHN2Zy8+', 'data:image/svg+xml;base64,PHN2Zy8+'],
  ])('%s is kept as %s', (image, imageUrl) => expect(tokenOf({ id: 1, image }).imageUrl).toBe(imageUrl));

  test('may be called image_url', () => {
    expect(tokenOf({ id: 1, image_url: 'https://img.example.com/1.png' }).imageUrl).toBe(
      'https://img.example.com/1.png',
    );
  });
});

describe('a record is refused, with all that is wrong,', () => {
  test.each([
    ['that is no JSON', '{"id":', /^is not valid JSON/],
    ['that is a list', '[{"id":1}]', /^is a list: write each token on a line of its own/],
    ['that is no object', '"7"', /^is not a JSON object/],
    ['that names no token', '{"name":"x"}', /^has no token id: none of tokenId, token_id, edition, id/],
    ['whose id is no number', '{"tokenId":"seven"}', /^tokenId: not a token id/],
    ['whose id is negative', '{"id":-1}', /^id: must be a whole number/],
    ['whose id has lost digits', '{"id":12345678901234567890}', /^id: .*written as text/],
    ['whose id is too large', `{"id":"${2n ** 256n}"}`, /^id: .*2\^256/],
    ['whose name is no text', '{"id":1,"name":5}', /^name: must be text/],
    ['whose name is too long', `{"id":1,"name":"${'x'.repeat(201)}"}`, /^name: .*200 characters/],
    ['with a NUL', String.raw`{"id":1,"description":"\u0000"}`, /^description: must not contain NUL/],
    ['with half a character', String.raw`{"id":1,"name":"\ud83d"}`, /^name: must be valid Unicode/],
    ['whose attributes are no list', '{"id":1,"attributes":{"Eyes":"Odd"}}', /^attributes: must be a list/],
    [
      'with an attribute without a value',
      '{"id":1,"attributes":[{"trait_type":"Eyes"}]}',
      /^attributes\.0\.value: must be/,
    ],
    ['with an attribute that is none', '{"id":1,"attributes":["Odd"]}', /^attributes\.0: must have a trait_type/],
    ['with an unsafe image', '{"id":1,"image":"javascript:alert(1)"}', /^image: must start with https:\/\//],
    ['with a relative image', '{"id":1,"image":"7.png"}', /^image: must start with/],
    ['with several faults', '{"id":"x","name":5,"image":"y"}', /^id: .*; name: .*; image: /],
  ])('%s', (_what, json, fault) => expect(faultOf(json)).toMatch(fault));
});
