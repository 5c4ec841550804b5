import { z } from 'zod';
import { conflict, notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { isAdmin } from '../../graphql/context.js';
import { address } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import { unlessTaken } from '../../graphql/unless-taken.js';
import { write } from '../../tracking/write.js';
import { collectionByAddress, collectionById } from './loaders.js';
import { leaveRoomForOthers, requestRefresh, sourceOf } from './request-refresh.js';
import { ChainEnum, Collection } from './types.js';

const HERE_ALREADY = 'This collection is here already.';

const AddCollectionInput = builder.inputType('AddCollectionInput', {
  fields: (t) => ({
    address: t.string({ required: true, validate: address }),
    chain: t.field({ type: ChainEnum, required: true, defaultValue: 'ETHEREUM' }),
  }),
});

const AddCollectionPayload = builder.simpleObject('AddCollectionPayload', {
  fields: (t) => ({ collection: t.field({ type: Collection }) }),
});

builder.mutationField('addCollection', (t) =>
  t.field({
    type: AddCollectionPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: AddCollectionInput, required: true }) },
    resolve: async (_root, { input: { address, chain } }, ctx) => {
      const source = sourceOf(ctx);
      if (await collectionByAddress(ctx.db).load({ chain, address })) throw conflict(HERE_ALREADY);
      const requestedById = isAdmin(ctx) ? null : (await ctx.user()).id;
      // The indexer is not asked for what cannot be added then.
      if (requestedById !== null) await leaveRoomForOthers(ctx.db, requestedById);
      const { total, name, description, ...contract } = await source.contract({ chain, address });
      const data = { chain, address, ...contract, name: name ?? address, description: description ?? '' };
      const writing = write(ctx, async (tx) => {
        const created = await tx.prisma.collection.create({ data });
        await requestRefresh(tx, created.id, { total, requestedById });
        return created;
      });
      const collection = await unlessTaken(writing, HERE_ALREADY);
      source.wake();
      return { collection };
    },
  }),
);

const RefreshCollectionInput = builder
  .inputType('RefreshCollectionInput', { fields: (t) => ({ collectionId: t.id({ required: true }) }) })
  .validate(z.object({ collectionId: nodeId('Collection') }));

const RefreshCollectionPayload = builder.simpleObject('RefreshCollectionPayload', {
  fields: (t) => ({ collection: t.field({ type: Collection }) }),
});

builder.mutationField('refreshCollection', (t) =>
  t.field({
    type: RefreshCollectionPayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: RefreshCollectionInput, required: true }) },
    resolve: async (_root, { input: { collectionId } }, ctx) => {
      const source = sourceOf(ctx);
      const collection = await write(ctx, async (tx) => {
        const found = await collectionById(tx).load(collectionId);
        if (!found) throw notFound('This collection', ['input', 'collectionId']);
        await requestRefresh(tx, collectionId, { total: null, requestedById: null });
        return found;
      });
      source.wake();
      return { collection };
    },
  }),
);
