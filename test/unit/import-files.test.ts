import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES, readLines } from '../../src/data/import/lines.js';
import { openOwners } from '../../src/data/import/owners.js';
import { openSource } from '../../src/data/import/source.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'larder-import-'));
});
afterAll(() => rm(directory, { recursive: true }));

let files = 0;
async function file(content: string | Buffer): Promise<string> {
  const path = join(directory, `file-${(files += 1)}`);
  await writeFile(path, content);
  return path;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
}

/** What a source says, in short: `line 1 = 7`, or `line 2: what is wrong`. */
async function told(path: string): Promise<string[]> {
  const { entries } = await openSource(path);
  return (await all(entries())).map((entry) =>
    'token' in entry
      ? `${entry.place} = ${entry.token.tokenId}`
      : `${entry.place}: ${'note' in entry ? entry.note : `BAD: ${entry.fault}`}`,
  );
}

describe('lines', () => {
  const read = async (content: string) =>
    (await all(readLines(await file(content)))).map(({ number, bytes }) => [number, bytes?.toString()]);

  test('are numbered from 1, the last with or without a line break', async () => {
    expect(await read('a\nb\n')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(await read('a\n\nb')).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
    ]);
    expect(await read('')).toEqual([]);
  });

  test('longer than what is read at once come whole, and those that are too long not at all', async () => {
    const long = 'x'.repeat(200_000);
    expect(await read(`${long}\n${'y'.repeat(MAX_RECORD_BYTES + 1)}\nz`)).toEqual([
      [1, long],
      [2, undefined],
      [3, 'z'],
    ]);
  });

  test('tell how much of the file has been read', async () => {
    const lines = await all(readLines(await file('ab\nc\n\nd')));
    expect(lines.map(({ position }) => position)).toEqual([3, 5, 6, 7]);
  });
});

describe('a file of tokens', () => {
  test('has one a line; blanks and a byte order mark are nothing', async () => {
    expect(await told(await file('\uFEFF{"id":1}\r\n\r\n  \n{"id":2}'))).toEqual(['line 1 = 1', 'line 4 = 2']);
  });

  test('names the line of each bad record, and goes on', async () => {
    const utf16 = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
    const content = Buffer.concat([Buffer.from('{"id":1}\n{"id":\n'), utf16, Buffer.from('\n{"id":2}\n{"id":"1"}')]);
    const [first, second, ...rest] = await told(await file(content));
    expect(first).toBe('line 1 = 1');
    expect(second).toMatch(/^line 2: BAD: is not valid JSON/);
    expect(rest).toEqual([
      'line 3: BAD: is not valid UTF-8',
      'line 4 = 2',
      'line 5: BAD: has the same token id as line 1',
    ]);
  });

  test('that is not there is told at once', async () => {
    await expect(openSource(join(directory, 'nowhere.jsonl'))).rejects.toThrow(
      /nowhere\.jsonl cannot be read \(ENOENT/,
    );
  });
});

test('a folder of tokens has one a file, in the order of their numbers; other files may lie beside them', async () => {
  const folder = join(directory, 'tokens');
  await mkdir(join(folder, '5'), { recursive: true });
  const contents = {
    '10.json': '{}',
    '2': '{"name":"two"}',
    '4': '{"tokenId":99}',
    '6.json': '[]',
    '1.json': '{"edition":99}',
    'named.json': '{"id":7}',
    '_all.json': '[{"id":1}]',
    '_collection.json': '{"name":"All of them"}',
    'broken.json': '{"id":',
    LICENSE: 'MIT',
    '3.json': '',
    '1.png': 'no token',
    '.hidden': '{"id":8}',
  };
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  expect(await told(folder)).toEqual([
    '_all.json: left out: it is a list: write each token on a line of its own',
    '_collection.json: left out: it has no token id: none of tokenId, token_id, edition, id is there',
    '1.json = 1',
    '2 = 2',
    '3.json: BAD: is empty',
    '4: BAD: tokenId: is another token than the name of the file says',
    '6.json: BAD: is a list: write each token on a line of its own',
    '10.json = 10',
    expect.stringMatching(/^broken\.json: BAD: is not valid JSON/),
    'named.json = 7',
  ]);
});

describe('a file of owners', () => {
  const A = '0x00000000000000000000000000000000000000aa';
  const read = async (content: string) => all((await openOwners(await file(content))).entries());
  const row = (line: number, tokenId: string, quantity = 1) => ({ row: { line, tokenId, owner: A, quantity } });

  test('has columns in any order, quoted or not', async () => {
    expect(await read(`token_id,owner\n1,${A}\n`)).toEqual([row(2, '1')]);
    expect(
      await read(`\uFEFFOwner, Quantity ,x,TOKEN_ID\r\n"${A.toUpperCase().replace('X', 'x')}",3,,"007"\r\n`),
    ).toEqual([row(2, '7', 3)]);
  });

  test('names the line of each bad row, and goes on', async () => {
    const rows = [`1,${A},`, '', '2', `"3,${A}`, `x,0x12,0`, `4,0x${'0'.repeat(40)},1`, `5,${A},2`];
    expect(await read(`token_id,owner,quantity\n${rows.join('\n')}`)).toEqual([
      row(2, '1'),
      { line: 4, fault: 'owner: not an address: write 0x and 40 hexadecimal digits' },
      { line: 5, fault: 'has a stray quotation mark' },
      {
        line: 6,
        fault: expect.stringMatching(/^token_id: .*; owner: .*; quantity: must be a whole number from 1/) as string,
      },
      { line: 7, fault: 'owner: this is nobody: leave the line out' },
      row(8, '5', 2),
    ]);
  });

  test('refuses an address whose capitals do not match its checksum', async () => {
    const [entry] = await read('token_id,owner\n1,0xB47e3cd837dDF8e4c57F05d70Ab865de6e193BBB');
    expect(entry).toEqual({ line: 2, fault: expect.stringContaining('EIP-55') as string });
  });

  test('is as old as the last writing of it', async () => {
    const path = await file(`token_id,owner\n1,${A}`);
    const time = new Date('2026-03-04T05:06:07Z');
    await utimes(path, time, time);
    expect((await openOwners(path)).writtenAt).toEqual(time);
  });

  test.each([
    ['an empty file', '', /is empty/],
    ['a file without column names', `1,${A}\n`, /token_id and owner is missing/],
    ['a file without owners', 'token_id\n1\n', /: owner is missing/],
  ])('%s is refused at once', async (_what, content, why) => {
    await expect(openOwners(await file(content))).rejects.toThrow(why);
  });
});
