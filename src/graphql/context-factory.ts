/** Makes the context of a request: who asks is established first, from the Authorization header and nothing else. */
import type { YogaInitialContext } from 'graphql-yoga';
import { type User, type PrismaClient } from '../platform/prisma/client.js';
import { unauthenticated } from '../errors.js';
import { type VerifyToken, refused } from '../platform/auth.js';
import { Db } from '../tracking/db.js';
import type { Writer } from '../tracking/write.js';
import type { Context, Viewer } from './context.js';

interface Parts {
  prisma: PrismaClient;
  verify: VerifyToken;
  signInDomains: readonly string[];
  committed: () => Promise<void>;
  /** The viewer's row; made if this is their first request. */
  account: (writer: Writer, viewer: Viewer) => Promise<User>;
}

export function createContextFactory({ prisma, verify, signInDomains, committed, account }: Parts) {
  return async ({ request }: YogaInitialContext): Promise<Context> => {
    const viewer = await identify(request.headers.get('authorization'), verify);
    let user: Promise<User> | null = null;
    return {
      client: prisma,
      db: new Db(prisma),
      committed,
      viewer,
      signInDomains,
      user() {
        if (!viewer) return Promise.reject(unauthenticated());
        return (user ??= account({ client: prisma, db: new Db(prisma), committed }, viewer));
      },
    };
  };
}

async function identify(authorization: string | null, verify: VerifyToken): Promise<Viewer | null> {
  if (authorization === null) return null;
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  if (!token) throw refused('the Authorization header must read "Bearer <token>"');
  const { subject, role } = await verify(token);
  return { subject, role };
}
