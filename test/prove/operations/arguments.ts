/** The arguments of a field, as text. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputObjectType,
  isInputObjectType,
  isListType,
  isNonNullType,
  getNullableType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLInputType,
} from 'graphql';
import type { Draft } from './draft.js';
import type { Source } from './source.js';
import { drawAlone, drawTogether } from './values.js';

const PAGING = new Set(['first', 'after', 'last', 'before']);
const EXPLICIT_NULL = 0.04;

export function writeArguments(
  source: Source,
  draft: Draft,
  type: string,
  field: GraphQLField<unknown, unknown>,
): string {
  const coordinate = `${type}.${field.name}`;
  const values = drawTogether(source, coordinate) ?? drawEach(source, coordinate, field.args);
  const isList = field.args.some(({ name }) => name === 'after');
  if (isList) Object.assign(values, drawPage(source, coordinate, values['orderBy']));
  const written = Object.entries(values).map(([name, value]) => {
    const { type } = field.args.find((arg) => arg.name === name)!;
    return `${name}: ${draft.value(type, value)}`;
  });
  return written.length > 0 ? `(${written.join(', ')})` : '';
}

function drawEach(source: Source, coordinate: string, args: readonly GraphQLArgument[]): Record<string, unknown> {
  const { random, coverage } = source;
  const isList = args.some(({ name }) => name === 'after');
  const values: Record<string, unknown> = {};
  for (const arg of args) {
    if (isList && PAGING.has(arg.name)) continue;
    if (!isRequiredArgument(arg) && !coverage.gives(random, `${coordinate}.${arg.name}`)) continue;
    if (!isNonNullType(arg.type) && random.chance(EXPLICIT_NULL)) values[arg.name] = null;
    else values[arg.name] = draw(source, `${coordinate}.${arg.name}`, arg.type);
  }
  return values;
}

function draw(source: Source, coordinate: string, type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isInputObjectType(nullable)) return drawInput(source, nullable);
  const item = isListType(nullable) ? getNullableType(nullable.ofType) : null;
  if (isInputObjectType(item)) return Array.from({ length: source.random.int(1, 2) }, () => drawInput(source, item));
  return drawAlone(source, coordinate, type);
}

function drawInput(source: Source, type: GraphQLInputObjectType): Record<string, unknown> {
  const together = drawTogether(source, type.name);
  if (together) return together;
  const fields = Object.values(type.getFields()).filter(
    (field) => isRequiredInputField(field) || source.coverage.gives(source.random, `${type.name}.${field.name}`),
  );
  return Object.fromEntries(fields.map(({ name, type: of }) => [name, draw(source, `${type.name}.${name}`, of)]));
}

/** A page at the start, at the end, or beside a cursor of an earlier answer. */
function drawPage({ random, cursors }: Source, list: string, order: unknown): Record<string, unknown> {
  const size = random.pick([0, 1, 1, 2, 2, 3, 3, 5, 20]);
  const backwards = random.chance(0.25);
  const cursor = random.chance(0.35) ? cursors.pick(random, list, typeof order === 'string' ? order : '') : null;
  return {
    ...(random.chance(0.75) && { [backwards ? 'last' : 'first']: size }),
    ...(cursor !== null && { [backwards ? 'before' : 'after']: cursor }),
  };
}
