/** Cursors: where an object stands in one order of one list, as an opaque string. */
import { z } from 'zod';
import { Prisma } from '../platform/prisma/client.js';
import { type Issue, badInput } from '../errors.js';
import { MAX_INT } from './inputs.js';

/** SQL types of what lists are ordered by, each with the values that its cursors may carry. */
const VALUES = {
  int: z
    .int()
    .min(-MAX_INT - 1)
    .max(MAX_INT),
  float8: z.number(),
  numeric: z.string().regex(/^-?\d{1,100}(\.\d{1,40})?$/),
  // PostgreSQL knows neither NUL nor the year 0.
  text: z
    .string()
    .max(2_000)
    .regex(/^[^\0]*$/),
  // To the millisecond, as dates are written by encodeCursor: PostgreSQL refuses endless fractions.
  timestamptz: z.iso
    .datetime({ precision: 3 })
    .refine((text) => Date.parse(text) >= Date.parse('0001-01-01T00:00:00Z')),
} as const;

export type OrderType = keyof typeof VALUES;

const placeOf = <Type extends OrderType>(type: Type) => z.tuple([z.string(), VALUES[type], VALUES.int]);
/** Made once: to make one takes longer than to read a cursor by it. */
const PLACES = {
  int: placeOf('int'),
  float8: placeOf('float8'),
  numeric: placeOf('numeric'),
  text: placeOf('text'),
  timestamptz: placeOf('timestamptz'),
} satisfies Record<OrderType, unknown>;

export interface Place {
  value: string | number;
  key: number;
}

const MAX_LENGTH = 4_096;

/** `list` names the list and its order, so that a cursor of one is no cursor of another. */
export function encodeCursor(list: string, value: unknown, key: number): string {
  const exact = value instanceof Prisma.Decimal ? value.toFixed() : value;
  return Buffer.from(JSON.stringify([list, exact, key])).toString('base64url');
}

/** @throws BAD_USER_INPUT at `path` for anything that `encodeCursor` did not make for this list. */
export function decodeCursor(list: string, type: OrderType, cursor: string, path: Issue['path']): Place {
  const { data: place } = PLACES[type].safeParse(parse(cursor));
  if (place?.[0] === list) return { value: place[1], key: place[2] };
  throw badInput([
    {
      path,
      message: `not a cursor of this list in this order: take it from "cursor" or "pageInfo" of an earlier page`,
    },
  ]);
}

function parse(cursor: string): unknown {
  if (cursor.length > MAX_LENGTH) return null;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}
