import { builder } from '../../graphql/builder.js';
import { required } from '../../graphql/loader.js';
import { registerNode } from '../../graphql/node.js';
import { registerSearchable } from '../../graphql/searchable.js';
import { SEARCHABLE, userById } from './loaders.js';

export const User = builder.prismaNode('User', {
  id: { field: 'id' },
  directives: { cacheControl: { maxAge: 600 } },
  fields: (t) => ({
    username: t.exposeString('username'),
    displayName: t.exposeString('displayName'),
    avatarUrl: t.exposeString('avatarUrl', { nullable: true }),
    fid: t.exposeInt('fid', { nullable: true }),
  }),
});
registerNode('User', (ctx, id) => userById(ctx.db).load(id));
registerSearchable('User', SEARCHABLE);

// The users that objects of other slices speak of.
builder.prismaObjectFields('Wallet', (t) => ({
  user: t.field({
    type: User,
    nullable: true,
    resolve: ({ userId }, _args, ctx) => (userId === null ? null : userById(ctx.db).load(userId)),
  }),
}));

for (const model of ['Agent', 'Template', 'Review'] as const) {
  builder.prismaObjectFields(model, (t) => ({
    author: t.field({ type: User, resolve: ({ authorId }, _args, ctx) => required(userById(ctx.db).load(authorId)) }),
  }));
}

builder.prismaObjectFields('Installation', (t) => ({
  installedBy: t.field({
    type: User,
    nullable: true,
    resolve: ({ installedById }, _args, ctx) => (installedById === null ? null : userById(ctx.db).load(installedById)),
  }),
}));

builder.prismaObjectFields('WorkspaceMember', (t) => ({
  user: t.field({ type: User, resolve: ({ userId }, _args, ctx) => required(userById(ctx.db).load(userId)) }),
}));
