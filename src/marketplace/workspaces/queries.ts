import { builder } from '../../graphql/builder.js';
import { isAdmin } from '../../graphql/context.js';
import { line } from '../../graphql/inputs.js';
import { workspaceBySlug } from './loaders.js';
import { Workspace } from './types.js';

builder.queryField('workspace', (t) =>
  t.field({
    type: Workspace,
    nullable: true,
    directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
    args: { slug: t.arg.string({ required: true, validate: line(60) }) },
    // One that does not exist is refused as one of others is (see the type's scope): names of workspaces are nobody's business.
    authScopes: async (_root, { slug }, ctx) => isAdmin(ctx) || (await workspaceBySlug(ctx.db).load(slug)) !== null,
    resolve: (_root, { slug }, ctx) => workspaceBySlug(ctx.db).load(slug),
  }),
);
