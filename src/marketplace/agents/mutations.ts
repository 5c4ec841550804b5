import { z } from 'zod';
import { badInput, notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { imageUrl, line, slug, text } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import { insertWithSlug } from '../../graphql/slugs.js';
import { Pricing } from '../../platform/prisma/enums.js';
import { write } from '../../tracking/write.js';
import { requireMayChange } from './access.js';
import { lockAgent } from './lock-agent.js';
import { price, priceIssues } from './pricing.js';
import { categoryIssues } from './public.js';
import { Agent, PricingEnum } from './types.js';

const CreateAgentInput = builder
  .inputType('CreateAgentInput', {
    fields: (t) => ({
      slug: t.string(),
      name: t.string({ required: true }),
      tagline: t.string({ required: true }),
      description: t.string({ required: true, defaultValue: '' }),
      category: t.string({ required: true }),
      imageUrl: t.string(),
      pricing: t.field({ type: PricingEnum, required: true, defaultValue: 'FREE' }),
      price: t.field({ type: 'Decimal' }),
    }),
  })
  .validate(
    z.object({
      slug: slug.nullish(),
      name: line(80),
      tagline: line(160),
      description: text(10_000),
      category: line(60),
      imageUrl: imageUrl.nullish(),
      pricing: z.enum(Pricing),
      price: price.nullish(),
    }),
  );

const CreateAgentPayload = builder.simpleObject('CreateAgentPayload', {
  fields: (t) => ({ agent: t.field({ type: Agent }) }),
});

builder.mutationField('createAgent', (t) =>
  t.field({
    type: CreateAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: CreateAgentInput, required: true }) },
    resolve: async (_root, { input: { slug, ...agent } }, ctx) => {
      const { id: authorId } = await ctx.user();
      return await write(ctx, async (tx) => {
        const issues = [...(await categoryIssues(tx, agent.category)), ...priceIssues(agent)];
        if (issues.length > 0) throw badInput(issues);
        return {
          agent: await insertWithSlug(tx, 'Agent', { slug, name: agent.name }, (slug) =>
            tx.prisma.agent.createManyAndReturn({ data: { ...agent, slug, authorId }, skipDuplicates: true }),
          ),
        };
      });
    },
  }),
);

const UpdateAgentInput = builder
  .inputType('UpdateAgentInput', {
    fields: (t) => ({
      agentId: t.id({ required: true }),
      name: t.string(),
      tagline: t.string(),
      description: t.string(),
      category: t.string(),
      imageUrl: t.string(),
      pricing: t.field({ type: PricingEnum }),
      price: t.field({ type: 'Decimal' }),
    }),
  })
  .validate(
    z.object({
      agentId: nodeId('Agent'),
      name: line(80).optional(),
      tagline: line(160).optional(),
      description: text(10_000).optional(),
      category: line(60).optional(),
      imageUrl: imageUrl.nullish(),
      pricing: z.enum(Pricing).optional(),
      price: price.nullish(),
    }),
  );

const UpdateAgentPayload = builder.simpleObject('UpdateAgentPayload', {
  fields: (t) => ({ agent: t.field({ type: Agent }) }),
});

builder.mutationField('updateAgent', (t) =>
  t.field({
    type: UpdateAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: UpdateAgentInput, required: true }) },
    resolve: async (_root, { input: { agentId, ...changes } }, ctx) => {
      const user = await ctx.user();
      return await write(ctx, async (tx) => {
        const agent = await lockAgent(tx, agentId);
        requireMayChange(ctx, user, agent);
        const issues = [
          ...(changes.category === undefined ? [] : await categoryIssues(tx, changes.category)),
          ...priceIssues({ ...agent, ...changes }),
        ];
        if (issues.length > 0) throw badInput(issues);
        return { agent: await tx.prisma.agent.update({ where: { id: agentId }, data: changes }) };
      });
    },
  }),
);

const FeatureAgentInput = builder
  .inputType('FeatureAgentInput', {
    fields: (t) => ({
      agentId: t.id({ required: true }),
      featured: t.boolean({ required: true, defaultValue: true }),
    }),
  })
  .validate(z.object({ agentId: nodeId('Agent'), featured: z.boolean() }));

const FeatureAgentPayload = builder.simpleObject('FeatureAgentPayload', {
  fields: (t) => ({ agent: t.field({ type: Agent }) }),
});

builder.mutationField('featureAgent', (t) =>
  t.field({
    type: FeatureAgentPayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: FeatureAgentInput, required: true }) },
    resolve: async (_root, { input: { agentId, featured } }, ctx) => {
      const [agent] = await write(ctx, (tx) =>
        tx.prisma.agent.updateManyAndReturn({ where: { id: agentId }, data: { featured } }),
      );
      if (!agent) throw notFound('This agent', ['input', 'agentId']);
      return { agent };
    },
  }),
);
