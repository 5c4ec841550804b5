/** What happened to tokens: minted soon after the launch, sold on now and then. */
import type { Tables } from '../insert-rows.js';
import { daysAfter } from './plan.js';
import type { Random } from './random.js';

type Transfer = Omit<Tables['Transfer'], 'id'>;

export type DrawWallet = (random: Random) => number;

interface Scene {
  launch: Date;
  until: Date;
  drawWallet: DrawWallet;
  random: Random;
}

const MINTING_DAYS = 10;
const RESALE = 0.42;
const MAX_RESALES = 9;

/** Tokens of which there is one: it goes from hand to hand. */
export function* singleTransfers(nftIds: readonly number[], collectionId: number, scene: Scene): Generator<Transfer> {
  const { launch, drawWallet, random } = scene;
  for (const nftId of nftIds) {
    const minted = random.moment(launch, daysAfter(launch, MINTING_DAYS));
    let holder = drawWallet(random);
    yield { nftId, collectionId, fromId: null, toId: holder, quantity: 1, time: minted };
    let sales = 0;
    while (sales < MAX_RESALES && random.chance(RESALE)) sales += 1;
    for (const time of moments(sales, minted, scene)) {
      const buyer = otherWallet(holder, scene);
      yield { nftId, collectionId, fromId: holder, toId: buyer, quantity: 1, time };
      holder = buyer;
    }
  }
}

/** Tokens of which there are many: several wallets mint some, and pass on a few. */
export function* editionTransfers(nftIds: readonly number[], collectionId: number, scene: Scene): Generator<Transfer> {
  const { launch, drawWallet, random } = scene;
  const sold = daysAfter(launch, MINTING_DAYS);
  for (const nftId of nftIds) {
    const held = new Map<number, number>();
    const mints = random.int(2, 9);
    for (const time of moments(mints, launch, { ...scene, until: sold })) {
      const toId = drawWallet(random);
      const quantity = random.int(1, 5);
      held.set(toId, (held.get(toId) ?? 0) + quantity);
      yield { nftId, collectionId, fromId: null, toId, quantity, time };
    }
    for (const time of moments(random.int(0, mints), sold, scene)) {
      const [fromId, most] = random.pick([...held]);
      const toId = otherWallet(fromId, scene);
      const quantity = random.int(1, most);
      if (quantity === most) held.delete(fromId);
      else held.set(fromId, most - quantity);
      held.set(toId, (held.get(toId) ?? 0) + quantity);
      yield { nftId, collectionId, fromId, toId, quantity, time };
    }
  }
}

const moments = (count: number, from: Date, { until, random }: Pick<Scene, 'until' | 'random'>): Date[] =>
  Array.from({ length: count }, () => random.moment(from, until)).sort((a, b) => a.getTime() - b.getTime());

function otherWallet(than: number, { drawWallet, random }: Scene): number {
  for (;;) {
    const wallet = drawWallet(random);
    if (wallet !== than) return wallet;
  }
}
