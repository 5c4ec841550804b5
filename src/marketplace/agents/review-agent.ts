import { z } from 'zod';
import { Prisma, type Review as ReviewRow } from '../../platform/prisma/client.js';
import { builder } from '../../graphql/builder.js';
import { text } from '../../graphql/inputs.js';
import { required } from '../../graphql/loader.js';
import { nodeId } from '../../graphql/node-id.js';
import type { Db } from '../../tracking/db.js';
import { write } from '../../tracking/write.js';
import { requireMayReview } from './access.js';
import { agentById } from './loaders.js';
import { lockAgent } from './lock-agent.js';
import { Agent, Review } from './types.js';

const ReviewAgentInput = builder
  .inputType('ReviewAgentInput', {
    fields: (t) => ({
      agentId: t.id({ required: true }),
      rating: t.int({ required: true }),
      comment: t.string({ required: true, defaultValue: '' }),
    }),
  })
  .validate(
    z.object({
      agentId: nodeId('Agent'),
      rating: z.int().min(1, 'must be between 1 and 5').max(5, 'must be between 1 and 5'),
      comment: text(2_000),
    }),
  );

const ReviewAgentPayload = builder.simpleObject('ReviewAgentPayload', {
  fields: (t) => ({ agent: t.field({ type: Agent }), review: t.field({ type: Review }) }),
});

builder.mutationField('reviewAgent', (t) =>
  t.field({
    type: ReviewAgentPayload,
    authScopes: { signedIn: true },
    args: { input: t.arg({ type: ReviewAgentInput, required: true }) },
    resolve: async (_root, { input }, ctx) => {
      const user = await ctx.user();
      return await write(ctx, async (tx) => {
        requireMayReview(user, await lockAgent(tx, input.agentId));
        const review = await putReview(tx, user.id, input);
        return { review, agent: await required(agentById(tx).load(input.agentId)) };
      });
    },
  }),
);

interface NewReview {
  agentId: number;
  rating: number;
  comment: string;
}

/**
 * One statement, so that two reviews of one author at the same time become one. A replaced review is a new one: it moves to the top, but keeps its id, so
 * that replacing one over and over does not use up the sequence.
 */
async function putReview(tx: Db, authorId: number, { agentId, rating, comment }: NewReview): Promise<ReviewRow> {
  const [review] = await tx.sql<ReviewRow>(Prisma.sql`
    INSERT INTO "Review" (id, "agentId", "authorId", "rating", "comment")
    VALUES (
      coalesce(
        (SELECT id FROM "Review" WHERE "agentId" = ${agentId}::int AND "authorId" = ${authorId}::int),
        nextval('"Review_id_seq"')),
      ${agentId}::int, ${authorId}::int, ${rating}::int, ${comment})
    ON CONFLICT ("agentId", "authorId") DO UPDATE SET
      "rating" = excluded."rating", "comment" = excluded."comment", "createdAt" = excluded."createdAt"
    RETURNING *`);
  return review!;
}
