import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { registerNode } from '../../graphql/node.js';
import { registerSearchable } from '../../graphql/searchable.js';
import { Pricing } from '../../platform/prisma/enums.js';
import { SEARCHABLE, agentById, agentsByTemplateId, reviewById, reviews } from './loaders.js';

export const PricingEnum = builder.enumType(Pricing, { name: 'Pricing' });

export const Agent = builder.prismaNode('Agent', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 1800 } },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    tagline: t.exposeString('tagline'),
    description: t.exposeString('description'),
    category: t.exposeString('category'),
    imageUrl: t.exposeString('imageUrl', { nullable: true }),
    featured: t.exposeBoolean('featured'),
    pricing: t.expose('pricing', { type: PricingEnum }),
    price: t.expose('price', { type: 'Decimal', nullable: true }),
    installCount: t.exposeInt('installCount'),
    rating: t.exposeFloat('rating'),
    reviewCount: t.exposeInt('reviewCount'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Agent', (ctx, id) => agentById(ctx.db).load(id));
registerSearchable('Agent', SEARCHABLE);

export const AgentConnection = connectionOf(Agent, 'Agent');

export const AgentCategory = builder.prismaObject('Category', {
  name: 'AgentCategory',
  directives: { cacheControl: { maxAge: 1800 } },
  fields: (t) => ({
    category: t.exposeString('slug'),
    name: t.exposeString('name'),
    agentCount: t.exposeInt('agentCount'),
  }),
});

export const Review = builder.prismaNode('Review', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 300 } },
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: ({ agentId }, _args, ctx) => required(agentById(ctx.db).load(agentId)) }),
    rating: t.exposeInt('rating'),
    comment: t.exposeString('comment'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Review', (ctx, id) => reviewById(ctx.db).load(id));

builder.prismaObjectFields('Agent', (t) => ({
  reviews: t.connection(
    { type: Review, resolve: ({ id }, args, ctx) => reviews(ctx.db, id, args) },
    ...connectionOf(Review, 'Review'),
  ),
}));

// The agents that objects of other slices speak of.
builder.prismaObjectFields('Template', (t) => ({
  agents: t.field({ type: [Agent], resolve: ({ id }, _args, ctx) => agentsByTemplateId(ctx.db).load(id) }),
}));
builder.prismaObjectFields('TemplateStep', (t) => ({
  agent: t.field({
    type: Agent,
    nullable: true,
    resolve: ({ agentId }, _args, ctx) => (agentId === null ? null : agentById(ctx.db).load(agentId)),
  }),
}));
builder.prismaObjectFields('Installation', (t) => ({
  agent: t.field({ type: Agent, resolve: ({ agentId }, _args, ctx) => required(agentById(ctx.db).load(agentId)) }),
}));
