/** Makes a failure smaller: fewer writes before it, and fewer fields. Each attempt starts from the small marketplace. */
import { Kind, type DocumentNode, type SelectionSetNode, parse, print, validate, visit } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { SMALL_MARKETPLACE } from '../data/small-marketplace.js';
import type { Operation } from '../operations/operation.js';
import type { Stage } from '../stage.js';
import type { Write } from '../writes/write.js';
import type { Viewer } from '../asking.js';

export interface Failing {
  readonly operation: Operation;
  readonly viewer: Viewer;
  /** In order. The last one is the one that the cache did not notice. */
  readonly writes: readonly Write[];
}

const MAX_ATTEMPTS = 150;

export const START: Write = { kind: 'sql', title: 'everything anew', statements: SMALL_MARKETPLACE, staysOpen: 0 };

/** The smallest one that was found; null if it does not happen again. */
export async function shrink(stage: Stage, schema: GraphQLSchema, failing: Failing): Promise<Failing | null> {
  let attempts = 0;
  const fails = async (candidate: Failing) => (attempts += 1) <= MAX_ATTEMPTS && (await failsAgain(stage, candidate));
  if (!(await fails(failing))) return null;
  let best = failing;

  for (let size = best.writes.length - 1; size >= 1; size = Math.min(size, best.writes.length - 1) >> 1) {
    for (let end = best.writes.length - 1; end > 0; end -= size) {
      const writes = best.writes.filter((_, index) => index < end - size || index >= end);
      if (writes.length < best.writes.length && (await fails({ ...best, writes }))) best = { ...best, writes };
    }
  }
  for (let index = 0; ; index += 1) {
    const document = without(parse(best.operation.document), index);
    if (!document) break;
    const operation = { ...best.operation, ...pruned(document, best.operation) };
    if (validate(schema, parse(operation.document)).length > 0) continue;
    if (!(await fails({ ...best, operation }))) continue;
    best = { ...best, operation };
    index -= 1;
  }
  return best;
}

async function failsAgain(stage: Stage, { operation, viewer, writes }: Failing): Promise<boolean> {
  const { writer, askCached, askFresh, tokens } = stage;
  if (writer.hasOpen) await writer.commitOpen();
  await writer.perform(START);
  for (const write of writes.slice(0, -1)) await writer.perform(write);
  if (writer.hasOpen) await writer.commitOpen();
  await stage.caughtUp();
  const authorization = await tokens.authorization(viewer);
  await askCached(operation, { authorization });
  await writer.perform({ ...writes.at(-1)!, ...{ staysOpen: 0 } });
  await stage.caughtUp();
  const [cached, fresh] = [await askCached(operation, { authorization }), await askFresh(operation, { authorization })];
  return cached.text !== fresh.text;
}

/** The document without its selection of that number, counted among those that may go; null if there are not so many. */
function without(document: DocumentNode, number: number): DocumentNode | null {
  let first = 0;
  const smaller = visit(document, {
    SelectionSet(node: SelectionSetNode) {
      if (node.selections.length < 2) return undefined;
      const gone = number - first;
      first += node.selections.length;
      if (gone < 0 || gone >= node.selections.length) return undefined;
      return { ...node, selections: node.selections.filter((_, index) => index !== gone) };
    },
  });
  return number < first ? smaller : null;
}

/** Without the fragments and variables that nothing uses any more. */
function pruned(document: DocumentNode, { variables }: Operation): Pick<Operation, 'document' | 'variables'> {
  const text = print(document);
  const spreads = new Set([...text.matchAll(/\.\.\.(F\d+)/g)].map(([, name]) => name));
  const fragments = document.definitions.filter(
    (definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || spreads.has(definition.name.value),
  );
  const used = (name: string) => fragments.map(print).join('\n').split(`$${name}`).length > 2;
  const slim = visit(
    { ...document, definitions: fragments },
    { VariableDefinition: ({ variable }) => (used(variable.name.value) ? undefined : null) },
  );
  return {
    document: print(slim),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used(name))),
  };
}
