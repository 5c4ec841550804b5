/** What is selected of a type: fields, at random, with aliases, fragments and directives. */
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { writeArguments } from './arguments.js';
import type { Draft } from './draft.js';
import { pickWeighted } from './pick-weighted.js';
import type { Source } from './source.js';

export type Field = GraphQLField<unknown, unknown>;

/** How likely a field that leads on is taken, at each depth: most operations are small, and some are not. */
const LEADS_ON = [0.9, 0.75, 0.6, 0.5, 0.4, 0.3];

export function writeSelections(source: Source, draft: Draft, type: GraphQLCompositeType, depth: number): string[] {
  if (isObjectType(type)) return writeFields(source, draft, type, pickFields(source, type, depth), depth);
  const { random, schema } = source;
  const possible = schema.getPossibleTypes(type);
  const chosen = random.distinct(random.int(2, 6), possible.length, () => random.pick(possible));
  return [
    '__typename',
    ...chosen.map((own) => `... on ${own.name} { ${writeSelections(source, draft, own, depth).join(' ')} }`),
  ];
}

export function writeFields(
  source: Source,
  draft: Draft,
  type: GraphQLObjectType,
  fields: readonly Field[],
  depth: number,
): string[] {
  const taken = new Set<string>();
  const written = fields.flatMap((field) => {
    const alias = taken.has(field.name) || source.random.chance(0.12) ? draft.alias() : '';
    // The same name twice is one field: with other arguments it would be refused.
    if (alias === null) return [];
    if (alias === '') taken.add(field.name);
    return [
      `${alias}${writeField(source, draft, type, field, (named) => writeSelections(source, draft, named, depth - 1))}`,
    ];
  });
  return regroup(source, draft, type, written.length > 0 ? written : ['__typename']);
}

export function writeField(
  source: Source,
  draft: Draft,
  type: GraphQLObjectType,
  field: Field,
  within: (named: GraphQLCompositeType) => string[],
): string {
  const call = `${field.name}${writeArguments(source, draft, type.name, field)}${writeCondition(source, draft)}`;
  const named = getNamedType(field.type);
  return isCompositeType(named) ? `${call} { ${within(named).join(' ')} }` : call;
}

/** Some fields that end here and some that lead on: those more likely that were answered seldom. */
function pickFields({ random, coverage }: Source, type: GraphQLObjectType, depth: number): Field[] {
  const all = Object.values(type.getFields());
  const isLeaf = (field: Field) => !isCompositeType(getNamedType(field.type));
  const leaves = all.filter(isLeaf);
  const branches = depth > 0 ? all.filter((field) => !isLeaf(field)) : [];
  const pick = (fields: Field[]) =>
    pickWeighted(random, fields, ({ name }) => 1 / (2 + coverage.count(type.name, name)));
  const leadsOn = LEADS_ON[Math.min(LEADS_ON.length - 1, Math.max(0, LEADS_ON.length - depth))]!;
  // Connections and edges are nothing by themselves.
  const must = /(Connection|Edge)$/.test(type.name);
  return [
    ...(leaves.length > 0 ? Array.from({ length: random.int(must ? 0 : 1, 3) }, () => pick(leaves)) : []),
    ...(branches.length > 0 && (must || random.chance(leadsOn)) ? [pick(branches)] : []),
    ...(branches.length > 1 && random.chance(leadsOn / 4) ? [pick(branches)] : []),
  ];
}

/** The same selections, some of them in fragments. */
function regroup({ random }: Source, draft: Draft, type: GraphQLObjectType, selections: string[]): string[] {
  if (!random.chance(0.25)) return selections;
  const start = random.int(0, selections.length - 1);
  const [before, inside] = [selections.slice(0, start), selections.slice(start)];
  const group = inside.join(' ');
  const wrapped = random.pick([
    () => draft.fragment(type, inside),
    () => `... on ${type.name} { ${group} }`,
    () => `... @include(if: ${flag(random, draft, true)}) { ${group} }`,
    () => `...{ ${group} } ... on ${type.name} @skip(if: ${flag(random, draft, random.chance(0.5))}) { __typename }`,
  ])();
  return [...before, wrapped];
}

function writeCondition({ random }: Source, draft: Draft): string {
  if (!random.chance(0.05)) return '';
  const condition = random.chance(0.8);
  return random.chance(0.5)
    ? ` @include(if: ${flag(random, draft, condition)})`
    : ` @skip(if: ${flag(random, draft, !condition)})`;
}

const flag = (random: Source['random'], draft: Draft, value: boolean): string =>
  random.chance(0.5) ? String(value) : draft.variable('Boolean!', value);
