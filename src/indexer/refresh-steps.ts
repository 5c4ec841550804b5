/** What a refresh does, step by step, each in pages that are written together with where the job then stands. */
import type { Token } from '../data/import/metadata.js';
import { writeTokens } from '../data/import/write-tokens.js';
import type { Prisma, RefreshStep } from '../platform/prisma/client.js';
import type { Indexer, IndexedToken } from './alchemy.js';
import { describeContract, describeToken } from './describe.js';
import { GatewayAwayError } from './ipfs-gateway.js';
import { portionsOf } from './portions.js';
import type { Progress, RefreshJob } from './refresh-job.js';
import { settleHolders, stageOwners } from './refresh-owners.js';
import { FIRST_RANKS, isPlace, stageScores, writeRanks } from './refresh-ranks.js';
import type { Metadata, TokenDocuments } from './token-documents.js';
import { UpstreamError } from './upstream-error.js';

/** Documents of tokens are read so many at a time, and no more of them are in memory: of each, what is stored is all that stays. */
const DOCUMENTS_AT_ONCE = 8;
/** Larger collections are none that anybody shows. */
const MAX_TOKENS = 1_000_000;
/** Pages, of tokens and owners together, that go on for longer lead in a circle. */
const MAX_PAGES = 100_000;

export interface StepParts {
  indexer: Indexer;
  documents: TokenDocuments;
  signal: AbortSignal;
  /** Whether it is time to show how far the job has come. Each time that it is, what was cached of it is purged. */
  isTimeToShow: () => boolean;
}

type Step = (job: RefreshJob, parts: StepParts) => Promise<void>;

export const STEPS: Record<RefreshStep, Step> = {
  CONTRACT: readContract,
  TOKENS: readTokens,
  OWNERS: readOwners,
  HOLDERS: settle,
  SCORES: score,
  RANKS: rank,
};

async function readContract(job: RefreshJob, { indexer, signal }: StepParts): Promise<void> {
  const contract = describeContract(await indexer.contract(job.target, signal));
  if (contract?.standard !== job.target.standard)
    throw new UpstreamError('missing', `It knows no ${job.target.standard} contract at this address.`);
  const { total, symbol, description, imageUrl } = contract;
  const { collectionId } = job.work;
  await job.advance(async (tx) => {
    await tx.$executeRaw`DELETE FROM refresh_owner WHERE "collectionId" = ${collectionId}::int`;
    // What people wrote stays.
    await tx.$executeRaw`
      UPDATE "Collection" SET symbol = coalesce(symbol, ${symbol}), "imageUrl" = coalesce("imageUrl", ${imageUrl}),
        description = CASE description WHEN '' THEN coalesce(${description}, '') ELSE description END
      WHERE id = ${collectionId}::int AND (symbol IS NULL OR "imageUrl" IS NULL OR description = '')`;
    return { step: 'TOKENS', pageKey: null, total };
  });
}

async function readTokens(job: RefreshJob, { indexer, documents, signal, isTimeToShow }: StepParts): Promise<void> {
  const { collectionId, seen, pageKey } = job.work;
  limitPages(job);
  const { items, next } = await indexer.tokens(job.target, pageKey, signal);
  if (seen + items.length > MAX_TOKENS)
    throw new UpstreamError('refused', `It has more than ${MAX_TOKENS.toLocaleString('en')} tokens.`);
  const indexed = [...new Map(items.map((token) => [token.tokenId, token])).values()];
  const { known, bare } = await describePage(indexed, job.isLastAttempt, { documents, signal });
  await job.advance(async (tx) => {
    await writePortions(tx, collectionId, known);
    // A document that cannot be had now is no reason to forget what it said.
    const present = await tx.nft.findMany({
      where: { collectionId, tokenId: { in: bare.map(({ tokenId }) => tokenId) } },
      select: { tokenId: true },
    });
    const here = new Set(present.map(({ tokenId }) => tokenId.toFixed()));
    const missing = bare.filter(({ tokenId }) => !here.has(tokenId));
    await writePortions(tx, collectionId, missing);
    return pageRead(job, items.length, next, 'OWNERS', isTimeToShow());
  });
}

type Described = Record<'known' | 'bare', Token[]>;

/**
 * Tokens by what their documents say, and those without one.
 *
 * A document that the gateway keeps back puts the page off. At the last attempt it counts as missing if others are had: it may be one that the gateway never gives, and
 * would then keep the rest of the collection from everybody, however often that is refreshed. Where none is had, the refresh fails and says why.
 * @throws GatewayAwayError
 */
async function describePage(
  tokens: readonly IndexedToken[],
  isLastAttempt: boolean,
  { documents, signal }: Pick<StepParts, 'documents' | 'signal'>,
): Promise<Described> {
  const [described, kept]: [Described, GatewayAwayError[]] = [{ known: [], bare: [] }, []];
  await inTurns(tokens, DOCUMENTS_AT_ONCE, async (token) => {
    const metadata = await metadataOf(token, documents, signal).catch((error: unknown) => {
      if (!isLastAttempt || !(error instanceof GatewayAwayError) || error.isOfAll) throw error;
      kept.push(error);
      return null;
    });
    described[metadata ? 'known' : 'bare'].push(describeToken(token, metadata));
  });
  if (kept[0] && described.known.length === 0) throw kept[0];
  return described;
}

/** By their traits, which are more rows than they are. */
async function writePortions(tx: Prisma.TransactionClient, collectionId: number, tokens: readonly Token[]) {
  for (const portion of portionsOf(tokens, ({ attributes }) => Math.max(1, attributes.length)))
    await writeTokens(tx, collectionId, portion);
}

function limitPages({ work }: RefreshJob): void {
  if (work.page >= MAX_PAGES) throw new UpstreamError('refused', 'Its pages have no end.');
}

const pageRead = (
  { work }: RefreshJob,
  tokens: number,
  pageKey: string | null,
  after: RefreshStep,
  isShown: boolean,
): Progress => ({
  pageKey,
  page: work.page + 1,
  seen: work.seen + tokens,
  ...(isShown && { done: work.seen + tokens }),
  ...(pageKey === null && { step: after, done: work.seen + tokens }),
});

/**
 * Null: nobody has it, or a host does not give it now.
 * @throws GatewayAwayError: the page waits. Written now, its tokens would stay without names, pictures and traits until somebody asks for all of them again. A
 * host, which is that of this collection or a few, does not stop it.
 */
async function metadataOf(
  { raw, tokenUri, tokenId }: IndexedToken,
  documents: TokenDocuments,
  signal: AbortSignal,
): Promise<Metadata | null> {
  if (raw?.metadata && Object.keys(raw.metadata).length > 0) return raw.metadata;
  const uri = tokenUri ?? raw?.tokenUri;
  if (!uri) return null;
  try {
    return await documents.read(uri, tokenId, signal);
  } catch (error) {
    if (signal.aborted || error instanceof GatewayAwayError) throw error;
    return null;
  }
}

async function readOwners(job: RefreshJob, { indexer, signal }: StepParts): Promise<void> {
  const { pageKey, page, collectionId } = job.work;
  const asOf = job.work.ownersAsOf ?? new Date();
  limitPages(job);
  const { items, next } = await indexer.owners(job.target, pageKey, signal);
  await job.advance(async (tx) => {
    await stageOwners(tx, collectionId, items, page);
    return { pageKey: next, page: page + 1, ownersAsOf: asOf, ...(next === null && { step: 'HOLDERS' }) };
  });
}

async function settle(job: RefreshJob): Promise<void> {
  const { collectionId, ownersAsOf } = job.work;
  await job.advance(async (tx) => {
    const more = await settleHolders(tx, { id: collectionId, standard: job.target.standard }, ownersAsOf!);
    return more ? {} : { step: 'SCORES', pageKey: null };
  });
}

async function score(job: RefreshJob): Promise<void> {
  const { collectionId, pageKey } = job.work;
  await job.advance(async (tx) => {
    const last = await stageScores(tx, collectionId, pageKey);
    return last === null ? { step: 'RANKS', pageKey: FIRST_RANKS } : { pageKey: last };
  });
}

async function rank(job: RefreshJob): Promise<void> {
  const { collectionId, seen, pageKey } = job.work;
  await job.advance(async (tx) => {
    if (!isPlace(pageKey)) return { step: 'SCORES', pageKey: null };
    const place = await writeRanks(tx, collectionId, pageKey);
    if (place !== null) return { pageKey: place };
    return { status: 'DONE', finishedAt: new Date(), done: seen, total: seen, holder: null, leaseUntil: null };
  });
}

async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane)).finally(() => left.splice(0));
}
