import { z } from 'zod';
import { conflict, notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { line } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import { Prisma, type Workspace as WorkspaceRow } from '../../platform/prisma/client.js';
import { MemberRole } from '../../platform/prisma/enums.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { requireMayInvite } from './access.js';
import { memberRole } from './loaders.js';
import { MemberRoleEnum, Workspace, WorkspaceMember } from './types.js';

const InviteMemberInput = builder
  .inputType('InviteMemberInput', {
    fields: (t) => ({
      workspaceId: t.id({ required: true }),
      username: t.string({ required: true }),
      role: t.field({ type: MemberRoleEnum, required: true, defaultValue: 'MEMBER' }),
    }),
  })
  .validate(z.object({ workspaceId: nodeId('Workspace'), username: line(255), role: z.enum(MemberRole) }));

const InviteMemberPayload = builder.simpleObject('InviteMemberPayload', {
  fields: (t) => ({ workspace: t.field({ type: Workspace }), member: t.field({ type: WorkspaceMember }) }),
});

builder.mutationField('inviteMember', (t) =>
  t.field({
    type: InviteMemberPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: InviteMemberInput, required: true }) },
    resolve: async (_root, { input: { workspaceId, username, role } }, ctx) => {
      const { id: inviterId } = await ctx.user();
      return await write(ctx, async (tx) => {
        const workspace = await lockWorkspace(tx, workspaceId);
        const invited = await tx.prisma.user.findUnique({ where: { username } });
        const roleOf = (userId: number) => memberRole(tx).load({ workspaceId, userId });
        const before = invited && (await roleOf(invited.id));
        requireMayInvite(ctx, { inviter: await roleOf(inviterId), before, after: role });
        if (!workspace) throw notFound('This workspace', ['input', 'workspaceId']);
        if (!invited) throw notFound('This user', ['input', 'username']);
        if (before === 'OWNER' && role !== 'OWNER') await requireOtherOwner(tx, workspaceId);
        const place = { workspaceId, userId: invited.id };
        const member = await tx.prisma.workspaceMember.upsert({
          where: { workspaceId_userId: place },
          create: { ...place, role },
          update: { role },
        });
        return { workspace, member };
      });
    },
  }),
);

/** One change of members at a time: two owners who demote each other would leave none. */
async function lockWorkspace(tx: Db, id: number): Promise<WorkspaceRow | undefined> {
  const [workspace] = await tx.sql<WorkspaceRow>(
    Prisma.sql`SELECT * FROM "Workspace" WHERE id = ${id}::int FOR NO KEY UPDATE`,
  );
  return workspace;
}

async function requireOtherOwner(tx: Db, workspaceId: number): Promise<void> {
  const owners = await tx.prisma.workspaceMember.count({ where: { workspaceId, role: 'OWNER' } });
  if (owners > 1) return;
  throw conflict('This is the last owner of the workspace. Make somebody else an owner first.');
}
