/** One spelling for each value, so that equal values make equal keys and different ones different keys. */

/**
 * Like JSON, with the fields of objects by name, and marks where JSON would take two values for the same.
 * @throws UnspeakableValue for what has no spelling, such as a function or a stream.
 */
export function canonicalValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'boolean':
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      throw new UnspeakableValue(typeof value);
  }
}

/** A value that cannot be part of a key. */
export class UnspeakableValue extends Error {
  override name = 'UnspeakableValue';

  constructor(kind: string) {
    super(`a ${kind} among the variables cannot be part of a key`);
  }
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return `{${canonicalFields(value)}}`;
  // Values of scalars: moments, decimals. Those that say themselves how they are written.
  const kind = value.constructor.name;
  if (writesItself(value)) return `${kind}(${canonicalValue(value.toJSON())})`;
  throw new UnspeakableValue(kind);
}

const writesItself = (value: object): value is { toJSON: () => unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

const canonicalFields = (value: object): string =>
  Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalValue(field)}`)
    .join(',');
