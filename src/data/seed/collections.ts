/** Collections with their tokens and everything that happened to these, one collection after another. */
import { type Batch, type Tables, batches } from '../insert-rows.js';
import { type Plan, daysAfter, ids, image } from './plan.js';
import type { Random } from './random.js';
import { drawTraits } from './tokens.js';
import { type DrawWallet, editionTransfers, singleTransfers } from './transfers.js';
import { ADJECTIVES, EDITIONS, NOUNS, STORIES, THEMES, type Theme } from './words/themes.js';
import { createZipf } from './zipf.js';

const CHAINS = ['ETHEREUM', 'ETHEREUM', 'ETHEREUM', 'BASE', 'BASE', 'POLYGON', 'ARBITRUM', 'OPTIMISM', 'ZORA'] as const;
/** Where demo's first wallet stands among all by wealth: well off, and no whale. */
const DEMO_PLACE = 8;

export function* collections(plan: Plan): Generator<Batch> {
  const drawWallet = createWallets(plan);
  const sizes = collectionSizes(plan);
  const last = { nft: 0, trait: 0, transfer: 0 };
  for (const id of ids(plan.collections)) {
    const random = plan.random(`collection ${id}`);
    const theme = THEMES[id - 1] ?? invent(THEMES[(id - 1) % THEMES.length]!, random);
    const collection = collectionRow(plan, id, theme, random);
    const tokenIds = ids(sizes[id - 1]!).map((number) => last.nft + number);
    const { traits, nftTraits } = drawTraits(theme.kind, tokenIds, { collectionId: id, lastTrait: last.trait }, random);
    const transfers = EDITIONS.has(theme.kind) ? editionTransfers : singleTransfers;
    const scene = { launch: collection.createdAt, until: plan.until, drawWallet, random };

    yield* batches('Collection', [collection]);
    yield* batches('Nft', nftRows(plan, collection, theme, tokenIds, random));
    yield* batches('Trait', traits);
    yield* batches('NftTrait', nftTraits);
    yield* batches('Transfer', numbered(transfers(tokenIds, id, scene), last));
    last.nft += tokenIds.length;
    last.trait += traits.length;
  }
}

/** A few wallets hold much, most hold little. */
function createWallets(plan: Plan): DrawWallet {
  const ranking = plan.ranking('wallets', plan.wallets);
  const demo = ranking.indexOf(1);
  [ranking[demo], ranking[DEMO_PLACE]] = [ranking[DEMO_PLACE]!, 1];
  const zipf = createZipf(plan.wallets);
  return (random) => ranking[zipf.draw(random)]!;
}

/** Large and small ones, in each forty alike; together exactly `plan.tokens`. */
function collectionSizes({ collections, tokens }: Plan): number[] {
  const weights = ids(collections).map((id) => 1 / (((id - 1) % THEMES.length) + 4));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const start = Math.round((before / all) * tokens);
    before += weight;
    return Math.round((before / all) * tokens) - start;
  });
}

function invent({ kind }: Theme, random: Random): Theme {
  const adjective = random.pick(ADJECTIVES);
  const [plural, singular] = random.pick(NOUNS[kind]);
  return {
    kind,
    name: `${adjective} ${plural}`,
    token: `${adjective} ${singular}`,
    symbol: `${adjective.slice(0, 3)}${singular.slice(0, 3)}`.toUpperCase(),
    description: STORIES[kind].replace('%', plural.toLowerCase()),
  };
}

function collectionRow({ from, until }: Plan, id: number, theme: Theme, random: Random) {
  const place = (id - 1) % THEMES.length;
  return {
    id,
    chain: id === 1 ? 'ETHEREUM' : random.pick(CHAINS),
    address: `0x${random.hex(20)}`,
    standard: EDITIONS.has(theme.kind) ? 'ERC1155' : 'ERC721',
    name: theme.name,
    symbol: theme.symbol,
    description: theme.description,
    imageUrl: image(`${theme.symbol.toLowerCase()}/cover.png`),
    verified: id === 1 || random.chance(0.6),
    // The first is there from the start, so that there is something to ask of any day of the year.
    floorPrice: random.chance(0.9) ? (0.004 + (random.fraction() * 6) / (place + 1)).toFixed(4) : null,
    createdAt: id === 1 ? daysAfter(from, 1) : random.moment(daysAfter(from, 1), daysAfter(until, -20)),
  } satisfies Tables['Collection'];
}

function* nftRows(
  { until }: Plan,
  { id, createdAt }: { id: number; createdAt: Date },
  { token, symbol }: Theme,
  tokenIds: readonly number[],
  random: Random,
): Generator<Tables['Nft']> {
  for (const [index, nftId] of tokenIds.entries()) {
    yield {
      id: nftId,
      collectionId: id,
      tokenId: String(index + 1),
      name: `${token} #${index + 1}`,
      description: `${token} number ${index + 1} of ${tokenIds.length}.`,
      imageUrl: image(`${symbol.toLowerCase()}/${index + 1}.png`),
      ownerVerifiedAt: random.chance(0.9) ? random.moment(daysAfter(until, -2), until) : null,
      createdAt,
    };
  }
}

function* numbered(
  transfers: Iterable<Omit<Tables['Transfer'], 'id'>>,
  last: { transfer: number },
): Generator<Tables['Transfer']> {
  for (const transfer of transfers) yield { id: (last.transfer += 1), ...transfer };
}
