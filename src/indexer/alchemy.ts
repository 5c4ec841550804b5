/** The indexer, as Alchemy's NFT API v3 has it: what a contract is, its tokens by pages, and who holds them by pages. */
import { Agent } from 'undici';
import { z } from 'zod';
import type { ContractKey } from '../graphql/collection-source.js';
import type { Breaker } from '../platform/breaker.js';
import { readJson } from './read-json.js';
import { type Patience, type RetryParts, retry } from './retry.js';
import { UpstreamError } from './upstream-error.js';

const MAX_BYTES = 10_000_000;
const TYPES = /^application\/(json|[\w.-]+\+json)$/;
const PAGE = 100;

/** How Alchemy calls the chains; stands for `{network}` in INDEXER_URL. */
const NETWORKS = {
  ETHEREUM: 'eth-mainnet',
  POLYGON: 'polygon-mainnet',
  BASE: 'base-mainnet',
  ARBITRUM: 'arb-mainnet',
  OPTIMISM: 'opt-mainnet',
  ZORA: 'zora-mainnet',
} as const;

/** Numbers come as text, in decimal or hexadecimal digits. */
const whole = z
  .union([z.string().regex(/^(\d{1,78}|0x[0-9a-f]{1,64})$/i), z.int().nonnegative()])
  .transform((number) => BigInt(number).toString());
const some = z.string().nullish().catch(null);

const contractAnswer = z.object({
  name: some,
  symbol: some,
  totalSupply: whole.nullish().catch(null),
  tokenType: z.string(),
  openSeaMetadata: z.object({ collectionName: some, description: some, imageUrl: some }).nullish().catch(null),
});

const token = z.object({
  tokenId: whole,
  name: some,
  description: some,
  tokenUri: some,
  image: z.object({ cachedUrl: some, pngUrl: some, thumbnailUrl: some }).nullish().catch(null),
  raw: z
    .object({ tokenUri: some, metadata: z.record(z.string(), z.unknown()).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** Without what PostgreSQL cannot store. */
const pageKey = z
  .string()
  .max(2_000)
  .regex(/^[\x20-\x7e]*$/)
  .nullish();
const tokensAnswer = z.object({ nfts: z.array(token).max(1_000), pageKey });

const ownersAnswer = z.object({
  owners: z.array(
    z.object({
      ownerAddress: z
        .string()
        .regex(/^0x[0-9a-f]{40}$/i)
        .toLowerCase(),
      tokenBalances: z.array(z.object({ tokenId: whole, balance: whole })),
    }),
  ),
  pageKey,
});

export type IndexedContract = z.infer<typeof contractAnswer>;
export type IndexedToken = z.infer<typeof token>;
export type IndexedOwner = z.infer<typeof ownersAnswer>['owners'][number];

export interface Page<T> {
  items: T[];
  /** Null: this is the last. */
  next: string | null;
}

interface IndexerOptions extends RetryParts {
  /** With or without `/nft/v3`. With `{network}` for all chains; without, it answers for Ethereum. */
  url: string;
  apiKey: string;
  breaker: Breaker;
  /** For all that is asked without another. */
  patience: Patience;
}

export class Indexer {
  readonly #options: IndexerOptions;
  readonly #agent = new Agent({ connect: { timeout: 5_000 } });

  constructor(options: IndexerOptions) {
    this.#options = options;
  }

  /** @throws UpstreamError or BreakerOpenError, as all of these; the reason of `signal`. */
  async contract(key: ContractKey, signal: AbortSignal, patience = this.#options.patience): Promise<IndexedContract> {
    return await this.#ask('getContractMetadata', key, {}, contractAnswer, signal, patience);
  }

  async tokens(key: ContractKey, from: string | null, signal: AbortSignal): Promise<Page<IndexedToken>> {
    const parameters = { withMetadata: 'true', limit: String(PAGE), ...(from !== null && { startToken: from }) };
    const answer = await this.#ask('getNFTsForContract', key, parameters, tokensAnswer, signal);
    return { items: answer.nfts, next: nextAfter(from, answer.pageKey) };
  }

  async owners(key: ContractKey, from: string | null, signal: AbortSignal): Promise<Page<IndexedOwner>> {
    const parameters = { withTokenBalances: 'true', ...(from !== null && { pageKey: from }) };
    const answer = await this.#ask('getOwnersForContract', key, parameters, ownersAnswer, signal);
    return { items: answer.owners, next: nextAfter(from, answer.pageKey) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask<T>(
    method: string,
    { chain, address }: ContractKey,
    parameters: Record<string, string>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    patience = this.#options.patience,
  ): Promise<T> {
    const url = new URL(`${this.#baseOf(chain)}/${encodeURIComponent(this.#options.apiKey)}/${method}`);
    url.search = new URLSearchParams({ contractAddress: address, ...parameters }).toString();
    const limits = { timeoutMs: patience.timeoutMs, maxBytes: MAX_BYTES, types: TYPES };
    const once = async () => {
      const answer = await readJson(url, { dispatcher: this.#agent, signal, ...limits });
      if ('location' in answer) throw new UpstreamError('refused', 'It sends us to another address.');
      const parsed = schema.safeParse(answer.value);
      if (parsed.success) return parsed.data;
      throw new UpstreamError('nonsense', 'Its answer has not the form that is expected.', { cause: parsed.error });
    };
    return await retry(() => this.#options.breaker.run(once), patience, this.#options, signal);
  }

  #baseOf(chain: ContractKey['chain']): string {
    const { url } = this.#options;
    if (chain !== 'ETHEREUM' && !url.includes('{network}'))
      throw new UpstreamError('refused', 'It is set up for Ethereum alone: INDEXER_URL has no {network} in it.');
    const base = url.replace('{network}', NETWORKS[chain]).replace(/\/+$/, '');
    return base.endsWith('/nft/v3') ? base : `${base}/nft/v3`;
  }
}

/** One that leads back to its own page would never end. */
function nextAfter(from: string | null, next: string | null | undefined): string | null {
  if (next && next === from) throw new UpstreamError('nonsense', 'Its pages have no end.');
  return next || null;
}
