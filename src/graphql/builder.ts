/** The builder that every slice adds its types to. Descriptions stand in schema.graphql alone (see contract.ts). */
import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import SimpleObjectsPlugin from '@pothos/plugin-simple-objects';
import ValidationPlugin from '@pothos/plugin-validation';
import type { Prisma, PrismaClient } from '../platform/prisma/client.js';
import { badInput, forbidden, unauthenticated } from '../errors.js';
import { type Context, isAdmin } from './context.js';
import type PrismaTypes from './pothos-prisma-types.js';
import { getDatamodel } from './pothos-prisma-types.js';

export interface SchemaTypes {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: false;
  AuthScopes: {
    /** Somebody with a valid token. */
    signedIn: boolean;
    /** A token with the role ADMIN. */
    admin: boolean;
  };
  Directives: {
    cacheControl: {
      locations: 'FIELD_DEFINITION' | 'OBJECT' | 'INTERFACE' | 'UNION';
      args: {
        maxAge?: number;
        scope?: 'PUBLIC' | 'PRIVATE';
        inheritMaxAge?: boolean;
        staleWhileRevalidate?: number;
        staleIfError?: number;
      };
    };
  };
  Scalars: {
    ID: { Input: string; Output: string | number };
    DateTime: { Input: Date; Output: Date };
    Decimal: { Input: Prisma.Decimal; Output: Prisma.Decimal };
  };
  Connection: { totalCount: () => Promise<number> };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}

/** What whoever asks gets for a scope that they have not. */
export const refusalOf = ({ viewer }: Context) => (viewer ? forbidden('You may not do this.') : unauthenticated());

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ScopeAuthPlugin, RelayPlugin, PrismaPlugin, DirectivesPlugin, SimpleObjectsPlugin, ValidationPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    // Functions, so that an operation which asks for no scope does not look at the viewer.
    authScopes: (ctx) => ({ signedIn: () => ctx.viewer !== null, admin: () => isAdmin(ctx) }),
    unauthorizedError: (_parent, ctx) => refusalOf(ctx),
    runScopesOnType: true,
  },
  relay: {
    // `node` and `nodes` stand in node.ts: through the loaders, and with errors that name the faulty id.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodesOnConnection: true,
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodeFieldOptions: { nullable: false },
  },
  prisma: {
    // The plugin asks for a whole client, and reads with it.
    client: (ctx) => ctx.db.prisma as PrismaClient,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
  // Each directive stands once at most, and the printer wants them by name.
  directives: { useGraphQLToolsUnorderedDirectives: true },
  validation: {
    validationError: ({ issues }) =>
      badInput(issues.map(({ message, path = [] }) => ({ message, path: path.map(segment) }))),
  },
});

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof part === 'object' ? part.key : part;
  return typeof key === 'number' ? key : String(key);
};

builder.queryType();
builder.mutationType();

builder.globalConnectionField('totalCount', (t) => t.int({ resolve: (connection) => connection.totalCount() }));
