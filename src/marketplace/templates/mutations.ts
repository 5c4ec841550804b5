import { encodeGlobalID } from '@pothos/plugin-relay';
import { z } from 'zod';
import { badInput } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { line, slug, text } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import { insertWithSlug } from '../../graphql/slugs.js';
import { Complexity } from '../../platform/prisma/enums.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { categoryIssues } from '../agents/public.js';
import { requireMayChange } from './access.js';
import { lockTemplate } from './lock-template.js';
import { TemplateStepInput, holdAgents, insertSteps, steps } from './steps.js';
import { ComplexityEnum, Template } from './types.js';

const CreateTemplateInput = builder
  .inputType('CreateTemplateInput', {
    fields: (t) => ({
      slug: t.string(),
      name: t.string({ required: true }),
      description: t.string({ required: true, defaultValue: '' }),
      category: t.string({ required: true }),
      complexity: t.field({ type: ComplexityEnum, required: true, defaultValue: 'BEGINNER' }),
      steps: t.field({ type: [TemplateStepInput], required: true }),
    }),
  })
  .validate(
    z.object({
      slug: slug.nullish(),
      name: line(80),
      description: text(10_000),
      category: line(60),
      complexity: z.enum(Complexity),
      steps,
    }),
  );

const CreateTemplatePayload = builder.simpleObject('CreateTemplatePayload', {
  fields: (t) => ({ template: t.field({ type: Template }) }),
});

builder.mutationField('createTemplate', (t) =>
  t.field({
    type: CreateTemplatePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: CreateTemplateInput, required: true }) },
    resolve: async (_root, { input: { slug, steps, ...template } }, ctx) => {
      const { id: authorId } = await ctx.user();
      return await write(ctx, async (tx) => {
        await requireCategory(tx, template.category);
        await holdAgents(tx, steps);
        const created = await insertWithSlug(tx, 'Template', { slug, name: template.name }, (slug) =>
          tx.prisma.template.createManyAndReturn({ data: { ...template, slug, authorId }, skipDuplicates: true }),
        );
        await insertSteps(tx, created.id, steps);
        return { template: created };
      });
    },
  }),
);

const UpdateTemplateInput = builder
  .inputType('UpdateTemplateInput', {
    fields: (t) => ({
      templateId: t.id({ required: true }),
      name: t.string(),
      description: t.string(),
      category: t.string(),
      complexity: t.field({ type: ComplexityEnum }),
      steps: t.field({ type: [TemplateStepInput] }),
    }),
  })
  .validate(
    z.object({
      templateId: nodeId('Template'),
      name: line(80).optional(),
      description: text(10_000).optional(),
      category: line(60).optional(),
      complexity: z.enum(Complexity).optional(),
      steps: steps.optional(),
    }),
  );

const UpdateTemplatePayload = builder.simpleObject('UpdateTemplatePayload', {
  fields: (t) => ({ template: t.field({ type: Template }) }),
});

builder.mutationField('updateTemplate', (t) =>
  t.field({
    type: UpdateTemplatePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: UpdateTemplateInput, required: true }) },
    resolve: async (_root, { input: { templateId, steps, ...changes } }, ctx) => {
      const user = await ctx.user();
      return await write(ctx, async (tx) => {
        requireMayChange(ctx, user, await lockTemplate(tx, templateId));
        if (changes.category !== undefined) await requireCategory(tx, changes.category);
        if (steps) {
          await holdAgents(tx, steps);
          await tx.prisma.templateStep.deleteMany({ where: { templateId } });
          await insertSteps(tx, templateId, steps);
        }
        return { template: await tx.prisma.template.update({ where: { id: templateId }, data: changes }) };
      });
    },
  }),
);

async function requireCategory(tx: Db, category: string): Promise<void> {
  const issues = await categoryIssues(tx, category);
  if (issues.length > 0) throw badInput(issues);
}

const DeleteTemplateInput = builder
  .inputType('DeleteTemplateInput', { fields: (t) => ({ templateId: t.id({ required: true }) }) })
  .validate(z.object({ templateId: nodeId('Template') }));

const DeleteTemplatePayload = builder.simpleObject('DeleteTemplatePayload', {
  fields: (t) => ({ deletedTemplateId: t.id() }),
});

builder.mutationField('deleteTemplate', (t) =>
  t.field({
    type: DeleteTemplatePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: DeleteTemplateInput, required: true }) },
    resolve: async (_root, { input: { templateId } }, ctx) => {
      const user = await ctx.user();
      await write(ctx, async (tx) => {
        requireMayChange(ctx, user, await lockTemplate(tx, templateId));
        await tx.prisma.template.delete({ where: { id: templateId } });
      });
      return { deletedTemplateId: encodeGlobalID('Template', templateId) };
    },
  }),
);
