import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ImportOptions, importOptions } from '../../src/data/import/options.js';
import { importCollection } from '../../src/data/import/import.js';
import { type TestApp, startApp } from '../support/app.js';
import { checksums } from '../support/checksum.js';
import { wrongCounters } from '../support/recount.js';
import { newAddress } from '../support/tokens.js';

const [ANN, BEN, CLEO] = ['a', 'b', 'c'].map((digit) => `0x${digit.repeat(40)}`) as [string, string, string];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-import-'));
});
afterAll(() => rm(directory, { recursive: true }));

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Of the collection that a test is about. */
let address: string;
beforeEach(() => {
  address = newAddress();
});

type Record = { [field: string]: unknown };

async function file(name: string, lines: readonly (Record | string)[]): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
}

const csv = (...rows: string[]) => file('owners.csv', ['token_id,owner,quantity', ...rows]);

/** Imports, and returns the report with what was refused. */
async function load(path: string, options: Partial<ImportOptions> = {}) {
  const refused: string[] = [];
  const report = await importCollection(
    app.prisma,
    { ...importOptions.parse({ path, address }), ...options },
    { onFault: (place, fault) => refused.push(`${place}: ${fault}`) },
  );
  return { ...report, refused };
}

const eyes = (value: string, ...others: Record[]) => ({ attributes: [{ trait_type: 'Eyes', value }, ...others] });
const hat = (value: string) => ({ trait_type: 'Hat', value });

/** Three tokens: `tokens(…)` is what a file of them holds. */
const tokens = (): Record[] => [
  { tokenId: 1, name: 'One', description: 'first', image: 'https://img.example.com/1.png', ...eyes('Odd') },
  { tokenId: 2, name: 'Two', ...eyes('Odd', hat('Cap'), hat('Bow')) },
  { tokenId: 3, name: 'Three', ...eyes('Round', hat('Cap')) },
];

/** Up to three accessories, or none, as real ones have. */
const punk = (id: number): Record => ({
  tokenId: String(id),
  name: `Punk #${id}`,
  attributes: [
    { trait_type: 'Type', value: id % 97 === 0 ? 'Ape' : 'Human' },
    ...['Hat', 'Pipe', 'Mole']
      .filter((_, n) => id % (n + 3) === 0)
      .map((value) => ({ trait_type: 'Accessory', value })),
  ],
});

async function facets(): Promise<[type: string, values: { value: string; count: number }[]][]> {
  const { data } = await app.execute(
    `query ($address: String!) { collection(address: $address) { traits { traitType values { value count } } } }`,
    { address },
  );
  return data.collection?.traits.map(({ traitType, values }: { traitType: string; values: never[] }) => [
    traitType,
    values,
  ]);
}

const counts = { added: 0, changed: 0, unchanged: 0, bad: 0, transfers: 0, badOwners: 0, refused: [] };

describe('tokens', () => {
  test('become a collection with traits, facets and ranks', async () => {
    expect(await load(await file('dragons.jsonl', tokens()))).toEqual({ ...counts, added: 3 });
    const { data, errors } = await app.execute(
      `query ($address: String!) {
         collection(address: $address) {
           name chain standard nftCount
           nfts { nodes { tokenId name description imageUrl rarityRank attributes { traitType value } } }
         }
       }`,
      { address },
    );
    expect(errors).toEqual([]);
    const { nfts, ...collection } = data.collection;
    expect(collection).toEqual({ name: 'dragons', chain: 'ETHEREUM', standard: 'ERC721', nftCount: 3 });
    expect(nfts.nodes).toMatchObject([
      { tokenId: '1', name: 'One', description: 'first', imageUrl: 'https://img.example.com/1.png', rarityRank: 3 },
      { tokenId: '2', name: 'Two', description: '', imageUrl: null, rarityRank: 1 },
      { tokenId: '3', name: 'Three', rarityRank: 2 },
    ]);
    expect(await facets()).toEqual([
      [
        'Eyes',
        [
          { value: 'Odd', count: 2 },
          { value: 'Round', count: 1 },
        ],
      ],
      [
        'Hat',
        [
          { value: 'Cap', count: 2 },
          { value: 'Bow', count: 1 },
        ],
      ],
    ]);
    expect(await wrongCounters(app.prisma)).toEqual({});
  });

  test('have the facets that one counts in the file', async () => {
    // To try a real one: IMPORT_FILE=punks.jsonl npx vitest run --project pglite test/integration/import.test.ts
    const path =
      process.env.IMPORT_FILE ??
      (await file(
        'punks.jsonl',
        Array.from({ length: 1_200 }, (_, id) => punk(id)),
      ));
    const counted: Record = {};
    for (const line of (await readFile(path, 'utf8')).trim().split('\n'))
      for (const { trait_type, value } of JSON.parse(line).attributes) {
        const values = (counted[trait_type] ??= {}) as { [value: string]: number };
        values[value] = (values[value] ?? 0) + 1;
      }
    expect(await load(path)).toMatchObject({ bad: 0 });
    const found = (await facets()).map(([type, values]) => [
      type,
      Object.fromEntries(values.map(({ value, count }) => [value, count])),
    ]);
    expect(Object.fromEntries(found)).toEqual(counted);
  });

  test('imported again change nothing, to the last column', async () => {
    const path = await file('dragons.jsonl', tokens());
    const owners = await csv(`1,${ANN}`, `2,${BEN}`);
    await load(path, { owners, name: 'Such Dragons' });
    const before = await checksums(app.prisma);
    expect(await load(path, { owners })).toEqual({ ...counts, unchanged: 3 });
    expect(await checksums(app.prisma)).toEqual(before);
  });

  test('follow their metadata where it has changed, and only there', async () => {
    const [one, two, three] = tokens() as [Record, Record, Record];
    const four = { tokenId: 4, ...eyes('Odd', hat('Bow')) };
    await load(await file('dragons.jsonl', [one, two, three, four]));
    const changed = [
      { ...one, image: 'ipfs://QmX/1.png' },
      { ...two, ...eyes('Shut', hat('Bow')) },
      { ...three, ...eyes('Round') },
      four,
      { tokenId: 5 },
    ];
    const report = await load(await file('dragons.jsonl', changed), { name: 'Such Dragons' });
    expect(report).toEqual({ ...counts, added: 1, changed: 3, unchanged: 1 });
    expect(await facets()).toEqual([
      [
        'Eyes',
        [
          { value: 'Odd', count: 2 },
          { value: 'Round', count: 1 },
          { value: 'Shut', count: 1 },
        ],
      ],
      ['Hat', [{ value: 'Bow', count: 2 }]],
    ]);
    expect(await app.prisma.trait.count({ where: { collection: { address } } })).toBe(4);
    expect(await app.prisma.collection.findMany({ where: { address } })).toMatchObject([
      { name: 'Such Dragons', nftCount: 5 },
    ]);
    expect(await app.prisma.nft.findFirst({ where: { tokenId: 1, collection: { address } } })).toMatchObject({
      imageUrl: 'https://ipfs.io/ipfs/QmX/1.png',
    });
    expect(await wrongCounters(app.prisma)).toEqual({});
  });

  test('of two chains do not mix', async () => {
    const path = await file('dragons.jsonl', tokens());
    await load(path);
    expect(await load(path, { chain: 'BASE' })).toMatchObject({ added: 3 });
    expect(await app.prisma.collection.count({ where: { address } })).toBe(2);
  });

  test.each([
    ['new', []],
    ['known', [{ tokenId: 9 }]],
  ])('imported twice at the same time into a %s collection are there once', async (_what, before) => {
    if (before.length > 0) await load(await file('before.jsonl', before));
    const path = await file('dragons.jsonl', tokens());
    const reports = await Promise.all([load(path), load(path)]);
    expect(reports.map(({ added }) => added).sort()).toEqual([0, 3]);
    expect(await app.prisma.nft.count({ where: { collection: { address } } })).toBe(3 + before.length);
  });
});

describe('bad records', () => {
  const mixed = () => file('mixed.jsonl', [...tokens(), '{"tokenId":', { name: 'nobody' }, { tokenId: 3 }]);

  test('are told with their line, and the good ones imported', async () => {
    const report = await load(await mixed());
    expect(report).toMatchObject({ added: 3, bad: 3 });
    expect(report.refused).toEqual([
      expect.stringMatching(/^line 4: is not valid JSON/),
      'line 5: has no token id: none of tokenId, token_id, edition, id is there',
      'line 6: has the same token id as line 3',
    ]);
  });

  test('leave nothing written if strict, not even in batches before them', async () => {
    const many = Array.from({ length: 600 }, (_, id) => ({ id }));
    const path = await file('many.jsonl', [...many, '{']);
    const before = await checksums(app.prisma);
    await expect(load(path, { strict: true })).rejects.toThrow('--strict takes all or none, and 1 records are bad');
    expect(await checksums(app.prisma)).toEqual(before);
    const owners = await csv(`1,${ANN}`, '2,nobody');
    const good = await file('good.jsonl', tokens());
    await expect(load(good, { strict: true, owners })).rejects.toThrow('1 records are bad');
    expect(await checksums(app.prisma)).toEqual(before);
  });

  test('alone make no collection', async () => {
    await expect(load(await file('bad.jsonl', ['{', '[]']))).rejects.toThrow('every record is bad');
    await expect(load(await file('empty.jsonl', []))).rejects.toThrow('holds no token');
    expect(await app.prisma.collection.count({ where: { address } })).toBe(0);
  });
});

describe('owners', () => {
  const holders = () =>
    app.prisma.ownership
      .findMany({
        where: { collection: { address } },
        include: { nft: true, wallet: true },
        orderBy: [{ nftId: 'asc' }, { walletId: 'asc' }],
      })
      .then((rows) => rows.map(({ nft, wallet, quantity }) => [nft.tokenId.toFixed(), wallet.address, quantity]));
  const transfers = () =>
    app.prisma.transfer
      .findMany({
        where: { collection: { address } },
        include: { nft: true, from: true, to: true },
        orderBy: { id: 'asc' },
      })
      .then((rows) =>
        rows.map(({ nft, from, to, quantity }) => [nft.tokenId.toFixed(), from?.address, to?.address, quantity]),
      );

  test('are reached by mints and transfers; tokens that the file does not name keep theirs', async () => {
    const path = await file('dragons.jsonl', tokens());
    await load(path, { owners: await csv(`1,${ANN}`, `2,${BEN}`, `3,${BEN}`) });
    const report = await load(path, { owners: await csv(`1,${CLEO}`, `2,${BEN}`) });
    expect(report).toEqual({ ...counts, unchanged: 3, transfers: 1 });
    expect(await holders()).toEqual([
      ['1', CLEO, 1],
      ['2', BEN, 1],
      ['3', BEN, 1],
    ]);
    expect((await transfers()).at(-1)).toEqual(['1', ANN, CLEO, 1]);
    expect(await wrongCounters(app.prisma)).toEqual({});
  });

  test('of editions are several, each with a quantity, in any order', async () => {
    const path = await file('potions.jsonl', tokens());
    const standard = 'ERC1155';
    await load(path, { standard, owners: await csv(`1,${ANN},5`, `2,${ANN},1`, `1,${BEN},2`) });
    const report = await load(path, { owners: await csv(`1,${CLEO},1`, `2,${ANN},1`, `1,${ANN},3`) });
    expect(report).toEqual({ ...counts, unchanged: 3, transfers: 3 });
    expect(await holders()).toEqual([
      ['1', ANN, 3],
      ['1', CLEO, 1],
      ['2', ANN, 1],
    ]);
    expect((await transfers()).slice(3)).toEqual([
      ['1', ANN, CLEO, 1],
      ['1', ANN, undefined, 1],
      ['1', BEN, undefined, 2],
    ]);
  });

  test('are verified when their file was written, and no earlier than before', async () => {
    const path = await file('dragons.jsonl', tokens());
    const verified = () =>
      app.prisma.nft.findMany({
        where: { collection: { address } },
        orderBy: { id: 'asc' },
        select: { ownerVerifiedAt: true },
      });
    const owners = await csv(`1,${ANN}`);
    for (const [written, expected] of [
      ['2026-03-01', '2026-03-01'],
      ['2026-05-01', '2026-05-01'],
      ['2026-04-01', '2026-05-01'],
    ] as const) {
      await utimes(owners, new Date(written), new Date(written));
      await load(path, { owners });
      const nobody = { ownerVerifiedAt: null };
      expect(await verified()).toEqual([{ ownerVerifiedAt: new Date(expected) }, nobody, nobody]);
    }
  });

  test('of a file that is older than what verified a token are not taken for it', async () => {
    const path = await file('dragons.jsonl', tokens());
    const write = async (written: string, ...rows: string[]) => {
      const owners = await csv(...rows);
      await utimes(owners, new Date(written), new Date(written));
      return load(path, { owners });
    };
    await write('2026-05-01', `1,${ANN}`);
    expect(await write('2026-04-01', `1,${BEN}`, `2,${BEN}`)).toMatchObject({ transfers: 1, refused: [] });
    expect(await holders()).toEqual([
      ['1', ANN, 1],
      ['2', BEN, 1],
    ]);
    expect(await write('2026-06-01', `1,${CLEO}`, `2,${BEN}`)).toMatchObject({ transfers: 1 });
  });

  test('that cannot be are told with their line, and the others kept', async () => {
    const rows = [`1,${ANN}`, `9,${ANN}`, `1,${BEN}`, `2,${BEN},2`, `3,${CLEO}`, '3,nobody'];
    const report = await load(await file('dragons.jsonl', tokens()), { owners: await csv(...rows) });
    expect(report).toMatchObject({ added: 3, transfers: 2, badOwners: 4 });
    expect(report.refused.sort()).toEqual([
      'owners, line 3: token 9 is not in the collection',
      'owners, line 4: this token has its owner in line 2 already',
      expect.stringMatching(/^owners, line 5: there is one of each ERC-721 token: .*--standard ERC1155/),
      'owners, line 7: owner: not an address: write 0x and 40 hexadecimal digits',
    ]);
  });

  test('of an edition are named once in a file', async () => {
    const owners = await csv(`1,${ANN},1`, `1,${ANN},2`);
    const report = await load(await file('potions.jsonl', tokens()), { standard: 'ERC1155', owners });
    expect(report.refused).toEqual(['owners, line 3: this token and owner stand in line 2 already']);
    expect(await holders()).toEqual([['1', ANN, 1]]);
  });
});

test('a collection that is here keeps its standard', async () => {
  const path = await file('dragons.jsonl', tokens());
  await load(path);
  await expect(load(path, { standard: 'ERC1155' })).rejects.toThrow('is here as ERC721: leave --standard out');
});
