import { expect, test } from 'vitest';
import { type OrderType, decodeCursor, encodeCursor } from '../../src/graphql/cursor.js';
import { Prisma } from '../../src/platform/prisma/client.js';

const decode = (type: OrderType, cursor: string) => decodeCursor('things:NAME', type, cursor, ['after']);
const encode = (value: unknown, key: unknown = 1, list = 'things:NAME') =>
  Buffer.from(JSON.stringify([list, value, key])).toString('base64url');

test.each<[OrderType, unknown, string | number]>([
  ['int', -(2 ** 31), -(2 ** 31)],
  ['float8', 0.1, 0.1],
  ['numeric', new Prisma.Decimal('1e77'), `1${'0'.repeat(77)}`],
  ['numeric', new Prisma.Decimal('-0.000000000000000001'), '-0.000000000000000001'],
  ['text', 'Ünï "quoted" \n 龍', 'Ünï "quoted" \n 龍'],
  ['text', '', ''],
  ['timestamptz', new Date('2026-11-20T09:30:00.123Z'), '2026-11-20T09:30:00.123Z'],
])('a place by %s comes back as it was: %o', (type, value, expected) => {
  expect(decode(type, encodeCursor('things:NAME', value, 7))).toEqual({ value: expected, key: 7 });
});

test.each<[string, OrderType, string]>([
  ['of another list', 'text', encode('a', 1, 'others:NAME')],
  ['of another order', 'text', encode('a', 1, 'things:SIZE')],
  ['with a value of another type', 'int', encode('a')],
  ['with a text for a number', 'float8', encode('1')],
  ['without a value', 'text', encode(null)],
  ['with a key that is no number', 'text', encode('a', '1')],
  ['with a key that no row can have', 'text', encode('a', 2 ** 31)],
  ['with a number that no column can hold', 'int', encode(2 ** 31)],
  ['with a fraction for a whole number', 'int', encode(0.5)],
  ['with a number that is none', 'numeric', encode('1e5')],
  ['with NUL in its text', 'text', encode('a\0b')],
  ['with endless text', 'text', encode('x'.repeat(2_001))],
  ['with a moment that is none', 'timestamptz', encode('2026-02-30T00:00:00.000Z')],
  ['with a moment of more digits than ours', 'timestamptz', encode(`2026-11-20T09:30:00.${'1'.repeat(1_500)}Z`)],
  ['with a moment of fewer digits than ours', 'timestamptz', encode('2026-11-20T09:30:00Z')],
  ['with a moment before the first year', 'timestamptz', encode('0000-06-01T00:00:00.000Z')],
  ['that is no JSON', 'text', Buffer.from('[').toString('base64url')],
  ['that is empty', 'text', ''],
  ['that is very long', 'text', 'A'.repeat(100_000)],
])('a cursor %s is refused where it stands', (_what, type, cursor) => {
  expect(() => decode(type, cursor)).toThrow(
    expect.objectContaining({
      extensions: { code: 'BAD_USER_INPUT', issues: [expect.objectContaining({ path: ['after'] })] },
    }),
  );
});
