/** More refreshes than one process does at a time: none waits until others, however long they take, are done. */
import { expect, it } from 'vitest';
import { REFRESHED, createDue, refreshByHand } from '../support/indexer/by-hand.js';
import { contentsOf, expectedOf } from '../support/indexer/contents.js';
import { wallet } from '../support/indexer/fake-indexer.js';
import { standStage } from '../support/indexer/stage.js';

const stage = standStage();

const SLOW = [wallet(0xa1), wallet(0xa2)];
const QUICK = wallet(0xa3);

it('two that take a minute for each page let a third have its turn, are done in the end, and read no page twice', async () => {
  const asked: string[] = [];
  let now = 0;
  stage.indexer.fault = ({ method, parameters }) => {
    asked.push([method, ...parameters].join(' '));
    if (SLOW.includes(parameters.get('contractAddress')!)) now += 60_000;
    return false;
  };
  const ids: number[] = [];
  for (const [index, address] of [...SLOW, QUICK].entries()) {
    stage.indexer.collections.set(address, { address, tokens: address === QUICK ? 2 : 14, tokensAPage: 2 });
    ids.push(await createDue(stage.app.prisma, address, { notBefore: new Date(index) }));
  }
  const hand = refreshByHand(stage.app, stage.indexer, { monotonicMs: () => now });
  await hand.log.said(REFRESHED, ids.length);
  await hand.stop();
  const done = hand.log.lines.filter(({ msg }) => REFRESHED.test(msg));
  expect(done[0]).toMatchObject({ collectionId: ids[2] });
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked).toHaveLength(2 * (1 + 7 + 2) + (1 + 1 + 1));
  for (const address of SLOW) expect(await contentsOf(stage.app.prisma, address)).toEqual(expectedOf(14));
});
