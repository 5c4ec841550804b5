/** What other slices may ask of workspaces. */
import { required } from '../../graphql/loader.js';
import type { Workspace } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';
import { requireMember } from './access.js';
import { installAgents, lockAgents } from './installations.js';
import { workspaceById } from './loaders.js';

interface Request {
  userId: number;
  workspaceId: number;
  agentIds: readonly number[];
}

/**
 * Installs agents for a member of a workspace, and returns the workspace. Agents that are gone are left out.
 * @throws FORBIDDEN for those who are no member.
 */
export async function installForMember(tx: Db, { userId, workspaceId, agentIds }: Request): Promise<Workspace> {
  await requireMember(tx, { userId, workspaceId });
  await installAgents(tx, { userId, workspaceId, agentIds: await lockAgents(tx, agentIds) });
  return await required(workspaceById(tx).load(workspaceId));
}
