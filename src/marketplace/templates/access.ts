import { forbidden } from '../../errors.js';
import { type Context, isAdmin } from '../../graphql/context.js';
import type { Template, User } from '../../platform/prisma/client.js';

/** Authors and admins change and delete templates. */
export function requireMayChange(ctx: Context, user: User, template: Template): void {
  if (isAdmin(ctx) || template.authorId === user.id) return;
  throw forbidden('Only the author of this template and admins may change or delete it.');
}
