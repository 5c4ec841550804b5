import { GraphQLDateTime } from 'graphql-scalars';
import { GraphQLScalarType, Kind } from 'graphql';
import { Prisma } from '../platform/prisma/client.js';
import { badInput } from '../errors.js';
import { builder } from './builder.js';

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType({
    ...GraphQLDateTime.toConfig(),
    description: null,
  }),
);

/** graphql-scalars has no exact decimal number; Prisma brings one. */
const GraphQLDecimal = new GraphQLScalarType<Prisma.Decimal, string>({
  name: 'Decimal',
  serialize: (value) => new Prisma.Decimal(value as Prisma.Decimal).toFixed(),
  parseValue: toDecimal,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return toDecimal(node.value);
    return toDecimal(node.kind === Kind.INT || node.kind === Kind.FLOAT ? digitsOf(node.value) : null);
  },
});

/** Far more than is taken, and few enough to be written out. */
const MAX_EXPONENT = 100;

/** A number without an exponent (`1e-7`), which JavaScript and clients write as they like. */
function digitsOf(number: number | string): string | null {
  const decimal = new Prisma.Decimal(number);
  if (decimal.isZero()) return '0';
  return Math.abs(decimal.e) <= MAX_EXPONENT ? decimal.toFixed() : null;
}

function toDecimal(value: unknown): Prisma.Decimal {
  const text = typeof value === 'number' ? digitsOf(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,40}(\.\d{1,40})?$/.test(text)) {
    throw badInput([
      { path: [], message: 'Decimal takes a number such as "0.125", of at most 40 digits on each side' },
    ]);
  }
  return new Prisma.Decimal(text);
}

builder.addScalarType('Decimal', GraphQLDecimal);
