/** What admins do to the server that serves the marketplace. It has no row in the database: all of it goes through the operator. */
import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { type SelfTestCheck, operatorOf } from '../../graphql/operator.js';

const InvalidateCacheInput = builder
  .inputType('InvalidateCacheInput', { fields: (t) => ({ tags: t.stringList({ required: true }) }) })
  .validate(
    z.object({
      tags: z
        .array(z.string().max(300, 'must have at most 300 characters'))
        .min(1, 'must name at least one tag')
        .max(100, 'must name at most 100 tags'),
    }),
  );

const InvalidateCachePayload = builder.simpleObject('InvalidateCachePayload', {
  fields: (t) => ({ purged: t.int() }),
});

builder.mutationField('invalidateCache', (t) =>
  t.field({
    type: InvalidateCachePayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: InvalidateCacheInput, required: true }) },
    resolve: async (_root, { input: { tags } }, ctx) => ({ purged: await operatorOf(ctx).invalidateCache(tags) }),
  }),
);

const FlushCachePayload = builder.simpleObject('FlushCachePayload', { fields: (t) => ({ purged: t.int() }) });

builder.mutationField('flushCache', (t) =>
  t.field({
    type: FlushCachePayload,
    authScopes: { admin: true },
    resolve: async (_root, _args, ctx) => ({ purged: await operatorOf(ctx).flushCache() }),
  }),
);

const WarmCachePayload = builder.simpleObject('WarmCachePayload', { fields: (t) => ({ warmed: t.int() }) });

builder.mutationField('warmCache', (t) =>
  t.field({
    type: WarmCachePayload,
    authScopes: { admin: true },
    resolve: async (_root, _args, ctx) => ({ warmed: await operatorOf(ctx).warmCache() }),
  }),
);

const ResetCircuitBreakersPayload = builder.simpleObject('ResetCircuitBreakersPayload', {
  fields: (t) => ({ closed: t.stringList() }),
});

builder.mutationField('resetCircuitBreakers', (t) =>
  t.field({
    type: ResetCircuitBreakersPayload,
    authScopes: { admin: true },
    resolve: async (_root, _args, ctx) => ({ closed: [...(await operatorOf(ctx).resetCircuitBreakers())] }),
  }),
);

const ResetStatisticsPayload = builder.simpleObject('ResetStatisticsPayload', {
  fields: (t) => ({ since: t.field({ type: 'DateTime' }) }),
});

builder.mutationField('resetStatistics', (t) =>
  t.field({
    type: ResetStatisticsPayload,
    authScopes: { admin: true },
    resolve: async (_root, _args, ctx) => ({ since: await operatorOf(ctx).resetStatistics() }),
  }),
);

const SelfTestCheckType = builder.objectRef<SelfTestCheck>('SelfTestCheck').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    ok: t.exposeBoolean('ok'),
    ms: t.exposeFloat('ms'),
    advice: t.exposeString('advice', { nullable: true }),
  }),
});

const RunSelfTestPayload = builder.simpleObject('RunSelfTestPayload', {
  fields: (t) => ({ ok: t.boolean(), checks: t.field({ type: [SelfTestCheckType] }) }),
});

builder.mutationField('runSelfTest', (t) =>
  t.field({
    type: RunSelfTestPayload,
    authScopes: { admin: true },
    resolve: async (_root, _args, ctx) => {
      const checks = [...(await operatorOf(ctx).runSelfTest())];
      return { ok: checks.every(({ ok }) => ok), checks };
    },
  }),
);
