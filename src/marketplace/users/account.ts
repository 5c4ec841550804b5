/** The row of whoever brings a valid token. */
import type { Viewer } from '../../graphql/context.js';
import { RANDOM_SUFFIX_LENGTH, randomSuffix } from '../../graphql/random-suffix.js';
import type { User } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';
import { type Writer, write } from '../../tracking/write.js';
import { userBySubject } from './loaders.js';
import { username } from './username.js';

/** Finds the viewer's row by the `sub` of their token; makes it with their first request that needs one. */
export async function findOrCreateAccount(writer: Writer, { subject }: Viewer): Promise<User> {
  const known = await userBySubject(writer.db).load(subject);
  return known ?? (await write(writer, (tx) => createAccount(tx, subject)));
}

async function createAccount(tx: Db, subject: string): Promise<User> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 && isUsername(subject) ? subject : inventUsername(subject);
    const [created] = await tx.prisma.user.createManyAndReturn({
      data: [{ subject, username: name, displayName: name }],
      skipDuplicates: true,
    });
    // Left out: another request of the same viewer came first, or the name is taken by somebody else.
    const user = created ?? (await tx.prisma.user.findUnique({ where: { subject } }));
    if (user) return user;
  }
}

const isUsername = (text: string) => username.safeParse(text).success;

/**
 * `Mira` becomes `mira-k3x90q`: the bare name stays free for the one whose subject it is. Of a subject that is no name,
 * such as `auth0|5f7c…` or a mail address, nothing is shown to the public.
 */
function inventUsername(subject: string): string {
  const name = subject.toLowerCase();
  const stem = isUsername(name) ? name.slice(0, 30 - RANDOM_SUFFIX_LENGTH - 1) : 'user';
  return `${stem}-${randomSuffix()}`;
}
