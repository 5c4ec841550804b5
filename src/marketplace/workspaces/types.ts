import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { nodeId } from '../../graphql/node-id.js';
import { registerNode } from '../../graphql/node.js';
import { MemberRole } from '../../platform/prisma/enums.js';
import { maySee, maySeeWorkspacesOf, orRefused, requireMember } from './access.js';
import { installationById, installations, isInstalled, members, workspaceById, workspacesByUserId } from './loaders.js';

export const MemberRoleEnum = builder.enumType(MemberRole, { name: 'MemberRole' });

// The scopes stand on the types, so that no path leads around them: node, edge, payload or a field added later.
export const Workspace = builder.prismaNode('Workspace', {
  id: { field: 'id' },
  authScopes: ({ id }, ctx) => maySee(ctx, id),
  directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Workspace', (ctx, id) => orRefused(ctx, workspaceById(ctx.db).load(id)));

export const WorkspaceMember = builder.prismaObject('WorkspaceMember', {
  fields: (t) => ({
    role: t.expose('role', { type: MemberRoleEnum }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

export const Installation = builder.prismaNode('Installation', {
  id: { field: 'id' },
  authScopes: ({ workspaceId }, ctx) => maySee(ctx, workspaceId),
  directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
  fields: (t) => ({
    workspace: t.field({
      type: Workspace,
      resolve: ({ workspaceId }, _args, ctx) => required(workspaceById(ctx.db).load(workspaceId)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Installation', (ctx, id) => orRefused(ctx, installationById(ctx.db).load(id)));

builder.prismaObjectFields('Workspace', (t) => ({
  members: t.connection(
    { type: WorkspaceMember, resolve: ({ id }, args, ctx) => members(ctx.db, id, args) },
    ...connectionOf(WorkspaceMember, 'WorkspaceMember'),
  ),
  installations: t.connection(
    { type: Installation, resolve: ({ id }, args, ctx) => installations(ctx.db, id, args) },
    ...connectionOf(Installation, 'Installation'),
  ),
}));

builder.prismaObjectFields('User', (t) => ({
  workspaces: t.field({
    type: [Workspace],
    authScopes: (user, _args, ctx) => maySeeWorkspacesOf(ctx, user),
    directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
    resolve: ({ id }, _args, ctx) => workspacesByUserId(ctx.db).load(id),
  }),
}));

builder.prismaObjectFields('Agent', (t) => ({
  viewerHasInstalled: t.boolean({
    directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
    args: { workspaceId: t.arg.id().validate(nodeId('Workspace').nullish()) },
    resolve: async ({ id: agentId }, { workspaceId = null }, ctx) => {
      if (!ctx.viewer) return false;
      const { id: userId } = await ctx.user();
      if (workspaceId !== null) await requireMember(ctx.db, { workspaceId, userId });
      return await isInstalled(ctx.db).load({ agentId, userId, workspaceId });
    },
  }),
}));
