/** The row of whoever brings a valid token. */
import type { Viewer } from '../../graphql/context.js';
import type { User } from '../../platform/prisma/client.js';
import { type Writer, write } from '../../tracking/write.js';

/** Finds the viewer's row by the `sub` of their token; makes it with their first request that needs one. */
export async function findOrCreateAccount(writer: Writer, viewer: Viewer): Promise<User> {
  const known = await writer.db.prisma.user.findUnique({ where: { subject: viewer.subject } });
  if (known) return known;
  return write(writer, (tx) =>
    tx.prisma.user.create({ data: { subject: viewer.subject, username: viewer.subject, displayName: viewer.subject } }),
  );
}
