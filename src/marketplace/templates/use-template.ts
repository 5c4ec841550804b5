import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { modelType } from '../../graphql/model-type.js';
import { required } from '../../graphql/loader.js';
import { nodeId } from '../../graphql/node-id.js';
import { Prisma } from '../../platform/prisma/client.js';
import { write } from '../../tracking/write.js';
import { installForMember } from '../workspaces/public.js';
import { stepsByTemplateId, templateById } from './loaders.js';
import { lockTemplate } from './lock-template.js';
import { Template } from './types.js';

const UseTemplateInput = builder
  .inputType('UseTemplateInput', {
    fields: (t) => ({ templateId: t.id({ required: true }), workspaceId: t.id() }),
  })
  .validate(z.object({ templateId: nodeId('Template'), workspaceId: nodeId('Workspace').nullish() }));

const UseTemplatePayload = builder.simpleObject('UseTemplatePayload', {
  fields: (t) => ({
    template: t.field({ type: Template }),
    workspace: t.field({ type: modelType('Workspace'), nullable: true }),
  }),
});

builder.mutationField('useTemplate', (t) =>
  t.field({
    type: UseTemplatePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: UseTemplateInput, required: true }) },
    resolve: async (_root, { input: { templateId, workspaceId } }, ctx) => {
      const { id: userId } = await ctx.user();
      return await write(ctx, async (tx) => {
        await lockTemplate(tx, templateId);
        const steps = await stepsByTemplateId(tx).load(templateId);
        const agentIds = steps.flatMap(({ agentId }) => agentId ?? []);
        const workspace = workspaceId == null ? null : await installForMember(tx, { userId, workspaceId, agentIds });
        await tx.sql(Prisma.sql`
          INSERT INTO "TemplateUse" ("templateId", "userId", "workspaceId")
          VALUES (${templateId}, ${userId}, ${workspaceId ?? null})`);
        return { template: await required(templateById(tx).load(templateId)), workspace };
      });
    },
  }),
);
