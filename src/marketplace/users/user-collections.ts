/** What the wallets of a user hold together. Has no model, so the collections slice cannot add its field; it stands here. */
import { builder } from '../../graphql/builder.js';
import { connectionOf } from '../../graphql/connection.js';
import { required } from '../../graphql/loader.js';
import { modelType } from '../../graphql/model-type.js';
import { fetchRow } from '../../graphql/node.js';
import { type UserCollection, collectionsByUserId } from './loaders.js';

const UserCollectionRef = builder.objectRef<UserCollection>('UserCollection').implement({
  fields: (t) => ({
    collection: t.field({
      type: modelType('Collection'),
      resolve: ({ collectionId }, _args, ctx) => required(fetchRow(ctx, 'Collection', collectionId)),
    }),
    tokenCount: t.exposeInt('tokenCount'),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  collections: t.connection(
    { type: UserCollectionRef, resolve: ({ id }, args, ctx) => collectionsByUserId(ctx.db, id, args) },
    ...connectionOf(UserCollectionRef, 'UserCollection'),
  ),
}));
