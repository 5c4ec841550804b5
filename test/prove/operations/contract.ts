import { readFileSync } from 'node:fs';
import { type GraphQLSchema, buildSchema } from 'graphql';

/** The schema as it was agreed: what operations are made from. */
export const readContract = (): GraphQLSchema =>
  buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
