import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { imageUrl, line } from '../../graphql/inputs.js';
import { unlessTaken } from '../../graphql/unless-taken.js';
import { write } from '../../tracking/write.js';
import { User } from './types.js';
import { username } from './username.js';

const UpdateProfileInput = builder
  .inputType('UpdateProfileInput', {
    fields: (t) => ({ username: t.string(), displayName: t.string(), avatarUrl: t.string() }),
  })
  .validate(
    z.object({
      username: username.optional(),
      displayName: line(80).optional(),
      avatarUrl: imageUrl.nullish(),
    }),
  );

const UpdateProfilePayload = builder.simpleObject('UpdateProfilePayload', {
  fields: (t) => ({ user: t.field({ type: User }) }),
});

builder.mutationField('updateProfile', (t) =>
  t.field({
    type: UpdateProfilePayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: UpdateProfileInput, required: true }) },
    resolve: async (_root, { input }, ctx) => {
      const { id } = await ctx.user();
      const user = await unlessTaken(
        write(ctx, (tx) => tx.prisma.user.update({ where: { id }, data: input })),
        `The username "${input.username}" is taken. Choose another one.`,
      );
      return { user };
    },
  }),
);
