import { encodeGlobalID } from '@pothos/plugin-relay';
import { z } from 'zod';
import { notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { modelType } from '../../graphql/model-type.js';
import { required } from '../../graphql/loader.js';
import { nodeId } from '../../graphql/node-id.js';
import { type Installation as InstallationRow, Prisma } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { agentById } from '../agents/public.js';
import { requireMember } from './access.js';
import { installAgents, lockAgents } from './installations.js';
import { workspaceById } from './loaders.js';
import { Installation, Workspace } from './types.js';

const place = z.object({ agentId: nodeId('Agent'), workspaceId: nodeId('Workspace') });
type Place = z.infer<typeof place>;

const InstallAgentInput = builder
  .inputType('InstallAgentInput', {
    fields: (t) => ({ agentId: t.id({ required: true }), workspaceId: t.id({ required: true }) }),
  })
  .validate(place);

const InstallAgentPayload = builder.simpleObject('InstallAgentPayload', {
  fields: (t) => ({
    agent: t.field({ type: modelType('Agent') }),
    workspace: t.field({ type: Workspace }),
    installation: t.field({ type: Installation }),
  }),
});

builder.mutationField('installAgent', (t) =>
  t.field({
    type: InstallAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: InstallAgentInput, required: true }) },
    resolve: async (_root, { input: place }, ctx) => {
      const { id: userId } = await ctx.user();
      return await write(ctx, async (tx) => {
        await enter(tx, place, userId);
        await installAgents(tx, { agentIds: [place.agentId], workspaceId: place.workspaceId, userId });
        const [installation] = await tx.sql<InstallationRow>(
          Prisma.sql`SELECT * FROM "Installation" WHERE ${isAt(place)}`,
        );
        return { ...(await agentAndWorkspace(tx, place)), installation: installation! };
      });
    },
  }),
);

const UninstallAgentInput = builder
  .inputType('UninstallAgentInput', {
    fields: (t) => ({ agentId: t.id({ required: true }), workspaceId: t.id({ required: true }) }),
  })
  .validate(place);

const UninstallAgentPayload = builder.simpleObject('UninstallAgentPayload', {
  fields: (t) => ({
    agent: t.field({ type: modelType('Agent') }),
    workspace: t.field({ type: Workspace }),
    deletedInstallationId: t.id({ nullable: true }),
  }),
});

builder.mutationField('uninstallAgent', (t) =>
  t.field({
    type: UninstallAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: UninstallAgentInput, required: true }) },
    resolve: async (_root, { input: place }, ctx) => {
      const { id: userId } = await ctx.user();
      return await write(ctx, async (tx) => {
        await enter(tx, place, userId);
        const [gone] = await tx.sql<{ id: number }>(
          Prisma.sql`DELETE FROM "Installation" WHERE ${isAt(place)} RETURNING id`,
        );
        return {
          ...(await agentAndWorkspace(tx, place)),
          deletedInstallationId: gone ? encodeGlobalID('Installation', gone.id) : null,
        };
      });
    },
  }),
);

/** @throws FORBIDDEN for those who are no member, NOT_FOUND if the agent does not exist. It is locked from here on. */
async function enter(tx: Db, { agentId, workspaceId }: Place, userId: number): Promise<void> {
  await requireMember(tx, { workspaceId, userId });
  const [found] = await lockAgents(tx, [agentId]);
  if (found === undefined) throw notFound('This agent', ['input', 'agentId']);
}

const isAt = ({ agentId, workspaceId }: Place): Prisma.Sql =>
  Prisma.sql`"agentId" = ${agentId} AND "workspaceId" = ${workspaceId}`;

const agentAndWorkspace = async (tx: Db, { agentId, workspaceId }: Place) => ({
  agent: await required(agentById(tx).load(agentId)),
  workspace: await required(workspaceById(tx).load(workspaceId)),
});
