import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { line, slug } from '../../graphql/inputs.js';
import { insertWithSlug } from '../../graphql/slugs.js';
import { write } from '../../tracking/write.js';
import { Workspace } from './types.js';

const CreateWorkspaceInput = builder
  .inputType('CreateWorkspaceInput', {
    fields: (t) => ({ slug: t.string(), name: t.string({ required: true }) }),
  })
  .validate(z.object({ slug: slug.nullish(), name: line(80) }));

const CreateWorkspacePayload = builder.simpleObject('CreateWorkspacePayload', {
  fields: (t) => ({ workspace: t.field({ type: Workspace }) }),
});

builder.mutationField('createWorkspace', (t) =>
  t.field({
    type: CreateWorkspacePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: CreateWorkspaceInput, required: true }) },
    resolve: async (_root, { input }, ctx) => {
      const { id: userId } = await ctx.user();
      return await write(ctx, async (tx) => {
        const workspace = await insertWithSlug(tx, 'Workspace', input, (slug) =>
          tx.prisma.workspace.createManyAndReturn({ data: { slug, name: input.name }, skipDuplicates: true }),
        );
        await tx.prisma.workspaceMember.create({ data: { workspaceId: workspace.id, userId, role: 'OWNER' } });
        return { workspace };
      });
    },
  }),
);
