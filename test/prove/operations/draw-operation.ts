/** Random operations that a client could send: the server's own rules and limits let them through. */
import { type GraphQLObjectType, getOperationAST, parse, validate } from 'graphql';
import { MAX_COST } from '../../../src/admission/admission.js';
import { OperationCosts } from '../../../src/admission/operation-cost.js';
import { PAGE } from '../../../src/graphql/list.js';
import { DOCUMENT_LIMITS, MAX_TOKENS } from '../../../src/graphql/document-limits.js';
import { excessOf } from '../../../src/graphql/document-shape.js';
import { Draft } from './draft.js';
import type { Operation } from './operation.js';
import { drawPath, writePath } from './paths.js';
import { pickWeighted } from './pick-weighted.js';
import { type Field, writeFields } from './selections.js';
import type { Source } from './source.js';

const MAX_DEPTH = 5;
const ATTEMPTS = 200;
const TO_A_SELDOM_FIELD = 0.4;

export interface Wish {
  /** The fields of Query to choose from; all if left out. */
  readonly roots?: readonly string[];
  /** Coordinates of fields, one of which is to be in it. */
  readonly towards?: readonly string[];
}

export function drawOperation(source: Source, wish: Wish = {}): Operation {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const operation = write(source, wish);
    if (isAccepted(source, operation)) return operation;
  }
  throw new Error(`${ATTEMPTS} random operations were invalid, one after the other: the generator is broken.`);
}

function write(source: Source, wish: Wish): Operation {
  const { random } = source;
  const draft = new Draft(random);
  const query = source.schema.getQueryType()!;
  const field = pickAim(source, wish);
  const selections =
    field === null
      ? writeFields(source, draft, query, pickRoots(source, query, wish.roots), random.int(1, MAX_DEPTH))
      : writePath(source, draft, drawPath(source.schema, random, field));
  const name = random.pick([null, null, 'Page', 'Other']);
  const document = draft.document(name, selections);
  if (name === null || !random.chance(0.1)) return { document, variables: draft.variables, operationName: null };
  // A second operation that is not the one asked for.
  return {
    document: `${document}\nquery Decoy { ${decoyOf(query)} }`,
    variables: draft.variables,
    operationName: name,
  };
}

function pickAim({ random, coverage }: Source, { roots, towards }: Wish): string | null {
  if (towards) return random.pick(towards);
  return !roots && random.chance(TO_A_SELDOM_FIELD) ? coverage.pickSeldom(random) : null;
}

function pickRoots({ random, coverage }: Source, query: GraphQLObjectType, roots?: readonly string[]): Field[] {
  const fields = Object.values(query.getFields()).filter(({ name }) => !roots || roots.includes(name));
  const weightOf = ({ name }: Field) => 1 / (4 + coverage.count('Query', name));
  return Array.from({ length: random.pick([1, 1, 1, 1, 2, 2, 3]) }, () => pickWeighted(random, fields, weightOf));
}

const decoyOf = (query: GraphQLObjectType) => ('viewer' in query.getFields() ? 'viewer { id username }' : '__typename');

function isAccepted({ schema }: Source, { document, operationName, variables }: Operation): boolean {
  try {
    const parsed = parse(document, { maxTokens: MAX_TOKENS });
    if (excessOf(parsed, DOCUMENT_LIMITS) !== null || validate(schema, parsed).length > 0) return false;
    return new OperationCosts(schema, PAGE).of(parsed, getOperationAST(parsed, operationName)!, variables) <= MAX_COST;
  } catch {
    return false;
  }
}
