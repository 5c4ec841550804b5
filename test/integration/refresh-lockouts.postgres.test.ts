/** A refresh whose collection others keep locked, as an import does to its end: it gives way however long that takes, and nothing is held against it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ByHand, REFRESHED, createDue, makeDue, refreshByHand } from '../support/indexer/by-hand.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

/** A server's sessions wait two seconds for a lock. */
const stage = standStage(() => ({ CACHE_ENGINE: 'larder' }));
let hand: ByHand | null;
beforeEach(() => (hand = null));
afterEach(() => hand?.stop());

let made = 0;
const GAVE_WAY = /^a refresh gives way to others who write the collection$/;

const rowOf = (collectionId: number) =>
  stage.app.prisma.collectionRefresh.findUniqueOrThrow({ where: { collectionId } });

it.each(['CONTRACT', 'TOKENS', 'OWNERS', 'SCORES', 'RANKS'] as const)(
  'that is at its step %s, and at its last attempt, is put off without an attempt less, and done when the import has ended',
  { timeout: 60_000 },
  async (step) => {
    const address = wallet(0xc00 + (made += 1));
    stage.indexer.collections.set(address, { address, tokens: 5 });
    const id = await createDue(stage.app.prisma, address, { step, attempts: 7 });
    await stage.app.prisma.$transaction(
      async (importing) => {
        await importing.$executeRaw`SELECT FROM "Collection" WHERE id = ${id}::int FOR NO KEY UPDATE`;
        hand = refreshByHand(stage.app, stage.indexer);
        await hand.log.said(GAVE_WAY);
        const { notBefore, ...row } = await rowOf(id);
        expect(row).toMatchObject({
          ...{ status: 'WAITING', step, attempts: 7, holder: null },
          error: 'Others are writing this collection, as an import does. It will be tried again.',
        });
        expect(notBefore.getTime()).toBeGreaterThan(Date.now() + 30_000);
      },
      { timeout: 60_000 },
    );
    await makeDue(stage.app.prisma, id);
    await hand!.log.said(REFRESHED);
    expect(await rowOf(id)).toMatchObject({ status: 'DONE', error: null });
    if (step === 'CONTRACT') expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(5));
  },
);
