/** What documents have in common that ask for the same. */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { normalise } from './normalised-operation.js';
import { digest } from './operation-key.js';

const known = new WeakMap<OperationDefinitionNode, string>();

/** `operation` must have passed validation. Worked out once for each. */
export function documentDigest(document: DocumentNode, operation: OperationDefinitionNode): string {
  let made = known.get(operation);
  if (made === undefined) known.set(operation, (made = digest([normalise(document, operation).text])));
  return made;
}
