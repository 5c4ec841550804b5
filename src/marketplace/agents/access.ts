import { forbidden } from '../../errors.js';
import { type Context, isAdmin } from '../../graphql/context.js';
import type { Agent, User } from '../../platform/prisma/client.js';

/** Authors and admins change and delete agents. */
export function requireMayChange(ctx: Context, user: User, agent: Agent): void {
  if (isAdmin(ctx) || agent.authorId === user.id) return;
  throw forbidden('Only the author of this agent and admins may change or delete it.');
}

/** A rating of one's own work says nothing. */
export function requireMayReview(user: User, agent: Agent): void {
  if (agent.authorId === user.id) throw forbidden('This agent is your own: reviews are for others to write.');
}
