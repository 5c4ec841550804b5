import { builder } from '../../graphql/builder.js';
import { count, line, searchText } from '../../graphql/inputs.js';
import type { Db } from '../../tracking/db.js';
import { type AgentFilter as Filter, agentBySlug, agents, categories } from './loaders.js';
import { Agent, AgentCategory, AgentConnection, PricingEnum } from './types.js';

const AgentFilter = builder.inputType('AgentFilter', {
  fields: (t) => ({
    search: t.string({ validate: searchText }),
    category: t.string({ validate: line(60) }),
    featured: t.boolean(),
    pricing: t.field({ type: PricingEnum }),
  }),
});

const AgentOrder = builder.enumType('AgentOrder', {
  values: ['TRENDING', 'POPULAR', 'NEWEST', 'RATING', 'NAME'] as const,
});

builder.queryFields((t) => ({
  agent: t.field({
    type: Agent,
    nullable: true,
    directives: { cacheControl: { maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: { slug: t.arg.string({ required: true, validate: line(60) }) },
    resolve: (_root, { slug }, ctx) => agentBySlug(ctx.db).load(slug),
  }),
  agents: t.connection(
    {
      type: Agent,
      directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 60 } },
      args: {
        filter: t.arg({ type: AgentFilter }),
        orderBy: t.arg({ type: AgentOrder, required: true, defaultValue: 'TRENDING' }),
      },
      resolve: (_root, args, ctx) => agents(ctx.db, null, args),
    },
    ...AgentConnection,
  ),
  trendingAgents: t.field({
    type: [Agent],
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: { first: t.arg.int({ required: true, defaultValue: 10, validate: count }) },
    resolve: (_root, { first }, ctx) => trending(ctx.db, first),
  }),
  featuredAgents: t.field({
    type: [Agent],
    directives: { cacheControl: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: { first: t.arg.int({ required: true, defaultValue: 20, validate: count }) },
    resolve: (_root, { first }, ctx) => trending(ctx.db, first, { featured: true }),
  }),
  agentCategories: t.field({
    type: [AgentCategory],
    directives: { cacheControl: { maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 60 } },
    resolve: (_root, _args, ctx) => categories(ctx.db),
  }),
}));

async function trending(db: Db, first: number, filter: Filter = {}) {
  const { edges } = await agents(db, null, { first, orderBy: 'TRENDING', filter });
  return edges.map(({ node }) => node);
}
