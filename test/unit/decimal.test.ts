import { type GraphQLScalarType, parseConstValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Prisma } from '../../src/platform/prisma/client.js';
import { buildMarketplaceSchema } from '../../src/marketplace/schema.js';

const scalar = buildMarketplaceSchema().getType('Decimal') as GraphQLScalarType<Prisma.Decimal, string>;
const byVariable = (value: unknown) => scalar.serialize(scalar.parseValue(value));
const byLiteral = (text: string) => scalar.serialize(scalar.parseLiteral(parseConstValue(text), {}));

describe('a decimal number', () => {
  test.each([
    ['1e-7', '0.0000001'],
    ['1.5e-7', '0.00000015'],
    ['1e21', `1${'0'.repeat(21)}`],
    ['-2.5E+3', '-2500'],
    ['0.125', '0.125'],
    ['-0', '0'],
    ['0e999999999', '0'],
    ['7', '7'],
  ])('is taken as a number, however that is written: %s', (text, decimal) => {
    expect(byVariable(JSON.parse(text))).toBe(decimal);
    expect(byLiteral(text)).toBe(decimal);
  });

  test('is taken as text, and as a literal, with all its digits', () => {
    const digits = `${'1234567890'.repeat(4)}.${'1234567890'.repeat(3)}123456789`;
    expect(byVariable(digits)).toBe(digits);
    expect(byLiteral(`"${digits}"`)).toBe(digits);
    expect(byLiteral(digits)).toBe(digits);
  });

  test.each(['1e40', '1e-41', '1e308', '5e-324'])('of more digits is refused: %s', (text) => {
    expect(() => byVariable(JSON.parse(text))).toThrow(/at most 40 digits/);
    expect(() => byLiteral(text)).toThrow(/at most 40 digits/);
  });

  test.each(['1e999999999', '1e-999999999', '1e99999999999999999999', 'true', '"1e-7"', '"x"', '""', '[1]', '{}'])(
    'is not made of the literal %s',
    (text) => {
      expect(() => byLiteral(text)).toThrow(/Decimal takes a number/);
    },
  );

  test.each([Infinity, NaN, '1e-7', 'x', '', ' 1', true, null, [1], {}, 1n])('is not made of %s', (value) => {
    expect(() => byVariable(value)).toThrow(/Decimal takes a number/);
  });
});
