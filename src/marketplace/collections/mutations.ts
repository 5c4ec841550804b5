import { z } from 'zod';
import { Prisma } from '../../platform/prisma/client.js';
import { notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { imageUrl, line, text } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import { write } from '../../tracking/write.js';
import { Collection } from './types.js';

const floorPrice = z
  .instanceof(Prisma.Decimal)
  .refine(
    (price) => !price.isNegative() && price.lt(1e18) && price.decimalPlaces() <= 18,
    'must be between 0 and 10^18, with at most 18 decimals',
  );

const UpdateCollectionInput = builder
  .inputType('UpdateCollectionInput', {
    fields: (t) => ({
      collectionId: t.id({ required: true }),
      name: t.string(),
      symbol: t.string(),
      description: t.string(),
      imageUrl: t.string(),
      verified: t.boolean(),
      floorPrice: t.field({ type: 'Decimal' }),
    }),
  })
  .validate(
    z.object({
      collectionId: nodeId('Collection'),
      name: line(100).optional(),
      symbol: line(20).nullish(),
      description: text(5_000).optional(),
      imageUrl: imageUrl.nullish(),
      verified: z.boolean().optional(),
      floorPrice: floorPrice.nullish(),
    }),
  );

const UpdateCollectionPayload = builder.simpleObject('UpdateCollectionPayload', {
  fields: (t) => ({ collection: t.field({ type: Collection }) }),
});

builder.mutationField('updateCollection', (t) =>
  t.field({
    type: UpdateCollectionPayload,
    authScopes: { admin: true },
    args: { input: t.arg({ type: UpdateCollectionInput, required: true }) },
    resolve: async (_root, { input: { collectionId, ...changes } }, ctx) => {
      const [collection] = await write(ctx, (tx) =>
        tx.prisma.collection.updateManyAndReturn({ where: { id: collectionId }, data: changes }),
      );
      if (!collection) throw notFound('This collection', ['input', 'collectionId']);
      return { collection };
    },
  }),
);
