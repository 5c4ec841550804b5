/** Puts the slices together. Importing this file opens nothing; `buildMarketplaceSchema` does the work. */
import { readFileSync } from 'node:fs';
import { type GraphQLSchema, buildSchema, specifiedDirectives } from 'graphql';
import { builder } from '../graphql/builder.js';
import { cacheControl } from '../graphql/cache-control.js';
import { describe } from '../graphql/contract.js';
import '../graphql/node.js';
import '../graphql/scalars.js';
import './administration/index.js';
import './agents/index.js';
import './collections/index.js';
import './nfts/index.js';
import './search/index.js';
import './templates/index.js';
import './users/index.js';
import './wallets/index.js';
import './workspaces/index.js';

const CONTRACT = new URL('../../schema.graphql', import.meta.url);

export function buildMarketplaceSchema(): GraphQLSchema {
  const schema = builder.toSchema({ directives: [...specifiedDirectives, cacheControl], sortSchema: false });
  return describe(schema, buildSchema(readFileSync(CONTRACT, 'utf8')));
}
