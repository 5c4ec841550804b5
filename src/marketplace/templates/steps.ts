import { z } from 'zod';
import { Prisma } from '../../platform/prisma/client.js';
import { notFound } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { line, text } from '../../graphql/inputs.js';
import { nodeId } from '../../graphql/node-id.js';
import type { Db } from '../../tracking/db.js';

export const TemplateStepInput = builder.inputType('TemplateStepInput', {
  fields: (t) => ({
    title: t.string({ required: true }),
    instruction: t.string({ required: true, defaultValue: '' }),
    agentId: t.id(),
  }),
});

export const steps = z
  .array(z.object({ title: line(120), instruction: text(5_000), agentId: nodeId('Agent').nullish() }))
  .min(1, 'must have at least one step')
  .max(50, 'must have at most 50 steps');

type Step = z.infer<typeof steps>[number];

/**
 * Makes sure that the agents of the steps stay until the transaction ends.
 * @throws NOT_FOUND at the first step whose agent does not exist.
 */
export async function holdAgents(tx: Db, steps: readonly Step[]): Promise<void> {
  const ids = steps.flatMap(({ agentId }) => agentId ?? []);
  const held = await tx.sql<{ id: number }>(
    Prisma.sql`SELECT id FROM "Agent" WHERE id = ANY(${ids}::int[]) ORDER BY id FOR KEY SHARE`,
  );
  const known = new Set(held.map(({ id }) => id));
  const missing = steps.findIndex(({ agentId }) => agentId != null && !known.has(agentId));
  if (missing !== -1) throw notFound(`The agent of step ${missing + 1}`, ['input', 'steps', missing, 'agentId']);
}

export async function insertSteps(tx: Db, templateId: number, steps: readonly Step[]): Promise<void> {
  await tx.prisma.templateStep.createMany({
    data: steps.map((step, index) => ({ ...step, templateId, position: index + 1 })),
  });
}
