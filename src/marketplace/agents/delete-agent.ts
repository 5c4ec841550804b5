import { encodeGlobalID } from '@pothos/plugin-relay';
import { z } from 'zod';
import { conflict } from '../../errors.js';
import { builder } from '../../graphql/builder.js';
import { nodeId } from '../../graphql/node-id.js';
import { write } from '../../tracking/write.js';
import { requireMayChange } from './access.js';
import { lockAgent } from './lock-agent.js';

const DeleteAgentInput = builder
  .inputType('DeleteAgentInput', {
    fields: (t) => ({
      agentId: t.id({ required: true }),
      uninstall: t.boolean({ required: true, defaultValue: false }),
    }),
  })
  .validate(z.object({ agentId: nodeId('Agent'), uninstall: z.boolean() }));

const DeleteAgentPayload = builder.simpleObject('DeleteAgentPayload', {
  fields: (t) => ({ deletedAgentId: t.id() }),
});

builder.mutationField('deleteAgent', (t) =>
  t.field({
    type: DeleteAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: DeleteAgentInput, required: true }) },
    resolve: async (_root, { input: { agentId, uninstall } }, ctx) => {
      const user = await ctx.user();
      await write(ctx, async (tx) => {
        const agent = await lockAgent(tx, agentId, 'DELETE');
        requireMayChange(ctx, user, agent);
        if (agent.installCount > 0 && !uninstall) throw stillInstalled(agent.installCount);
        // Takes installations and reviews with it; steps of templates lose the agent (foreign keys).
        await tx.prisma.agent.delete({ where: { id: agentId } });
      });
      return { deletedAgentId: encodeGlobalID('Agent', agentId) };
    },
  }),
);

const stillInstalled = (count: number) =>
  conflict(
    `This agent is installed in ${count} ${count === 1 ? 'workspace' : 'workspaces'}. ` +
      'Have it uninstalled first, or send uninstall: true to take it out of all of them.',
  );
