/** Who may what in a workspace. Membership is read through a loader, so a page of workspaces costs one statement. */
import { forbidden } from '../../errors.js';
import { refusalOf } from '../../graphql/builder.js';
import { type Context, isAdmin } from '../../graphql/context.js';
import type { MemberRole, User } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';
import { memberRole } from './loaders.js';

/** Members and admins see a workspace and what is in it. */
export async function maySee(ctx: Context, workspaceId: number): Promise<boolean> {
  if (!ctx.viewer) return false;
  if (isAdmin(ctx)) return true;
  const { id: userId } = await ctx.user();
  return (await memberRole(ctx.db).load({ workspaceId, userId })) !== null;
}

/**
 * A row that is missing is refused as one that may not be seen is (see the types' scopes): an id tells nobody else whether it exists.
 * @throws FORBIDDEN, or UNAUTHENTICATED for strangers; null for admins.
 */
export async function orRefused<Row>(ctx: Context, row: Promise<Row | null>): Promise<Row | null> {
  const found = await row;
  if (found !== null || isAdmin(ctx)) return found;
  throw refusalOf(ctx);
}

/** Only users themselves and admins see which workspaces they belong to. */
export const maySeeWorkspacesOf = (ctx: Context, user: User): boolean =>
  isAdmin(ctx) || ctx.viewer?.subject === user.subject;

/** @throws FORBIDDEN for those who do not belong to the workspace, whether it exists or not. */
export async function requireMember(db: Db, place: { workspaceId: number; userId: number }): Promise<void> {
  if ((await memberRole(db).load(place)) !== null) return;
  throw forbidden('You are no member of this workspace. Ask one of its owners or admins to invite you.');
}

interface Invitation {
  /** What the one who invites is in the workspace. */
  inviter: MemberRole | null;
  /** What the invited user is until now. */
  before: MemberRole | null;
  after: MemberRole;
}

/** Only owners make owners, or make them anything less: an admin could otherwise take a workspace over. */
export function requireMayInvite(ctx: Context, { inviter, before, after }: Invitation): void {
  if (inviter === 'OWNER') return;
  if (inviter !== 'ADMIN' && !isAdmin(ctx))
    throw forbidden('Only owners and admins of this workspace may invite to it.');
  if (before === 'OWNER' || after === 'OWNER')
    throw forbidden('Only owners of this workspace may make somebody an owner, or an owner anything less.');
}
