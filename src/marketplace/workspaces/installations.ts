import { Prisma } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';

interface Installing {
  agentIds: readonly number[];
  workspaceId: number;
  userId: number;
}

/** Installs what is not installed yet; what is stays as it was, and takes no id from the sequence. The agents must be locked. */
export async function installAgents(tx: Db, { agentIds, workspaceId, userId }: Installing): Promise<void> {
  await tx.sql(Prisma.sql`
    INSERT INTO "Installation" ("agentId", "workspaceId", "installedById")
    SELECT agent, ${workspaceId}::int, ${userId}::int FROM unnest(${agentIds}::int[]) AS agent
    WHERE NOT EXISTS (SELECT FROM "Installation" AS i WHERE i."agentId" = agent AND i."workspaceId" = ${workspaceId}::int)
    ON CONFLICT DO NOTHING`);
}

/**
 * Locks the agents that exist, in the order of their keys, and tells which. Whoever installs, uninstalls or deletes one
 * locks it first, so these follow each other: nothing is installed while it is deleted, and no two wait for each other.
 */
export async function lockAgents(tx: Db, ids: readonly number[]): Promise<number[]> {
  const rows = await tx.sql<{ id: number }>(
    Prisma.sql`SELECT id FROM "Agent" WHERE id = ANY(${ids}::int[]) ORDER BY id FOR NO KEY UPDATE`,
  );
  return rows.map(({ id }) => id);
}
