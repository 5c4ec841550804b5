import { z } from 'zod';
import { builder } from '../../graphql/builder.js';
import { line } from '../../graphql/inputs.js';
import { userByFid, userByUsername } from './loaders.js';
import { User } from './types.js';

builder.queryFields((t) => ({
  viewer: t.field({
    type: User,
    nullable: true,
    directives: { cacheControl: { maxAge: 120, scope: 'PRIVATE' } },
    resolve: (_root, _args, ctx) => (ctx.viewer ? ctx.user() : null),
  }),
  user: t.field({
    type: User,
    nullable: true,
    directives: { cacheControl: { maxAge: 600, staleWhileRevalidate: 60, staleIfError: 60 } },
    args: { username: t.arg.string({ validate: line(100) }), fid: t.arg.int() },
    validate: z
      .object({ username: z.string().nullish(), fid: z.int().nullish() })
      .refine(({ username, fid }) => (username == null) !== (fid == null), {
        path: ['username'],
        message: 'give either username or fid',
      }),
    resolve: (_root, { username, fid }, ctx) => {
      if (username != null) return userByUsername(ctx.db).load(username);
      return fid == null ? null : userByFid(ctx.db).load(fid);
    },
  }),
}));
