/**
 * The one spelling of a value in a tag: equal values (as PostgreSQL compares them) are spelled alike, here and in the triggers.
 * A test holds the two against each other.
 */
import { createHash } from 'node:crypto';
import { Prisma } from '../platform/prisma/client.js';
import type { ColumnType } from './models.js';

/** Of rows without a value. No value is spelled so: texts have quotes, and labels of enums cannot be `null` in Prisma. */
const NULL = 'null';

/** Longer texts are spelled by their hash, so that an event stays small. Bytes of UTF-8. */
const MAX_TEXT_BYTES = 100;

/** More digits than any column holds: a number written so large (1e1000000) is not spelled out. */
const MAX_EXPONENT = 1_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NUMBER = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** How `value` is spelled in a group's tag; null if it has no one spelling, so that no group can be named by it. */
export function spell(type: ColumnType, value: unknown): string | null {
  if (value === null) return NULL;
  switch (type) {
    case 'Int':
    case 'BigInt':
      return spellInteger(value);
    case 'Boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'Enum':
      return typeof value === 'string' ? value : null;
    case 'String':
      return typeof value === 'string' ? spellText(value) : null;
    case 'Uuid':
      return spellUuid(value);
    case 'Decimal':
      return spellDecimal(value);
    default:
      return null;
  }
}

/** How `value` is spelled as a part of a row's key: texts as they are. Keys are never null. */
export function spellKey(type: ColumnType, value: unknown): string | null {
  if (value == null) return null;
  return type === 'String' && typeof value === 'string' ? value : spell(type, value);
}

/** The same in SQL, for `column` (an expression) of that type. Types that have no spelling are in no group and no key. */
export function spellInSql(type: ColumnType, column: string): string {
  return `coalesce(${spellPresentInSql(type, column)}, '${NULL}')`;
}

export const spellKeyInSql = (type: ColumnType, column: string): string =>
  type === 'String' ? `${column}::text` : spellPresentInSql(type, column);

function spellPresentInSql(type: ColumnType, column: string): string {
  switch (type) {
    case 'Decimal':
      return `trim_scale(${column})::text`;
    case 'String':
      return `CASE WHEN octet_length(${column}) > ${MAX_TEXT_BYTES} THEN '#' || md5(${column}) ELSE to_json(${column}::text)::text END`;
    default:
      return `${column}::text`;
  }
}

const spellText = (text: string): string =>
  Buffer.byteLength(text) > MAX_TEXT_BYTES ? `#${createHash('md5').update(text).digest('hex')}` : JSON.stringify(text);

function spellInteger(value: unknown): string | null {
  if (typeof value === 'bigint') return String(value);
  return Number.isSafeInteger(value) ? BigInt(value as number).toString() : null;
}

function spellUuid(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const uuid = value.toLowerCase();
  return UUID.test(uuid) ? uuid : null;
}

/** Digits without exponent, plus sign or zeros at the end, as PostgreSQL writes a number after trim_scale. */
function spellDecimal(value: unknown): string | null {
  const [, sign, whole = '', part = '', exponent = '0'] = NUMBER.exec(numberText(value)) ?? [];
  const shift = Number(exponent);
  if (sign === undefined || whole + part === '' || Math.abs(shift) > MAX_EXPONENT) return null;
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${part}${'0'.repeat(Math.max(0, shift))}`;
  const point = whole.length + Math.max(0, -shift) + shift;
  const before = digits.slice(0, point).replace(/^0+/, '') || '0';
  const after = digits.slice(point).replace(/0+$/, '');
  const number = after === '' ? before : `${before}.${after}`;
  return number === '0' ? '0' : `${sign}${number}`;
}

/** Prisma takes decimals as numbers, texts and objects of Decimal, whose toFixed() writes all digits. */
function numberText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return value;
  return value instanceof Prisma.Decimal ? value.toFixed() : '';
}
