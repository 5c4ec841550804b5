import { notFound } from '../../errors.js';
import { type Agent, Prisma } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';

/**
 * The agent's row as it is now, locked until the transaction ends: for `UPDATE` others may still point at it, for `DELETE`
 * an installation that is under way is waited for, and the next one waits for us.
 * @throws NOT_FOUND at input.agentId
 */
export async function lockAgent(tx: Db, id: number, purpose: 'UPDATE' | 'DELETE' = 'UPDATE'): Promise<Agent> {
  const mode = Prisma.raw(purpose === 'DELETE' ? 'UPDATE' : 'NO KEY UPDATE');
  const [agent] = await tx.sql<Agent>(Prisma.sql`SELECT * FROM "Agent" WHERE id = ${id}::int FOR ${mode}`);
  if (!agent) throw notFound('This agent', ['input', 'agentId']);
  return agent;
}
