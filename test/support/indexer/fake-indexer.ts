/** A server that answers as Alchemy's NFT API v3 does, with collections made from numbers; a test makes it slow, wrong, busy or dead. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const KEY = 'the-key-of-the-tests';

export interface FakeCollection {
  address: string;
  standard?: 'ERC721' | 'ERC1155' | 'NOT_A_CONTRACT';
  tokens: number;
  tokensAPage?: number;
  ownersAPage?: number;
  /** Whom a token belongs to, by number of the wallet. Left out: three wallets in turns. */
  ownersOf?: (token: number) => { owner: string; quantity: number }[];
  /** What the token's answer has otherwise. */
  token?: (token: number) => object;
}

export const wallet = (number: number): string => `0x${number.toString(16).padStart(40, '0')}`;
export const colourOf = (token: number): string => ['red', 'green', 'blue'][token % 3]!;

/** Answers in place of the indexer; `false`, once it is told: let it answer itself. */
export type Fault = (call: Call, response: ServerResponse) => boolean | Promise<boolean>;

export interface Call {
  method: string;
  parameters: URLSearchParams;
  /** From 0, among the calls of this method. */
  number: number;
  request: IncomingMessage;
}

export interface FakeIndexer {
  url: string;
  /** The calls that came, as `getNFTsForContract 40`: the method, and the page that was asked for. */
  calls: string[];
  collections: Map<string, FakeCollection>;
  fault: Fault | null;
  close(): Promise<void>;
}

export const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

export async function startFakeIndexer(): Promise<FakeIndexer> {
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://127.0.0.1');
    const [, kind, version, key, method = ''] = url.pathname.split('/');
    const parameters = url.searchParams;
    const number = fake.calls.filter((call) => call.startsWith(`${method} `)).length;
    fake.calls.push(`${method} ${parameters.get('startToken') ?? parameters.get('pageKey') ?? ''}`);
    if (await fake.fault?.({ method, parameters, number, request }, response)) return;
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (`${kind}/${version}` !== 'nft/v3' || key !== KEY) return void json(401, { error: 'Must be authenticated!' });
    const collection = fake.collections.get(parameters.get('contractAddress') ?? '');
    if (method === 'getContractMetadata')
      return void json(200, contractOf(collection, parameters.get('contractAddress')!));
    if (!collection) return void json(404, {});
    if (method === 'getNFTsForContract') return void json(200, tokensOf(collection, parameters));
    if (method === 'getOwnersForContract') return void json(200, ownersOf(collection, parameters));
    json(404, {});
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeIndexer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    collections: new Map(),
    fault: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function contractOf(collection: FakeCollection | undefined, address: string) {
  if (!collection) return { address, name: null, symbol: null, totalSupply: null, tokenType: 'NOT_A_CONTRACT' };
  return {
    ...{ address, name: 'Such Foxes', symbol: 'FOX', totalSupply: String(collection.tokens) },
    tokenType: collection.standard ?? 'ERC721',
    openSeaMetadata: { collectionName: 'Foxes', description: 'Many foxes.', imageUrl: 'https://example.com/foxes.png' },
  };
}

function tokensOf(collection: FakeCollection, parameters: URLSearchParams) {
  const start = Number(BigInt(parameters.get('startToken') ?? '0'));
  const end = Math.min(start + (collection.tokensAPage ?? 10), collection.tokens);
  const nfts = Array.from({ length: end - start }, (_, index) => ({
    contract: { address: collection.address },
    tokenId: String(start + index),
    tokenType: collection.standard ?? 'ERC721',
    name: `Fox #${start + index}`,
    description: null,
    image: { cachedUrl: `https://cdn.example.com/${start + index}.png`, pngUrl: null, thumbnailUrl: null },
    raw: {
      tokenUri: null,
      error: null,
      metadata: {
        name: `Fox #${start + index}`,
        image: PICTURE,
        attributes: [{ trait_type: 'Colour', value: colourOf(start + index) }],
      },
    },
    ...collection.token?.(start + index),
  }));
  return { nfts, pageKey: end < collection.tokens ? `0x${end.toString(16)}` : undefined };
}

function ownersOf(collection: FakeCollection, parameters: URLSearchParams) {
  const of = collection.ownersOf ?? ((token: number) => [{ owner: wallet(1 + (token % 3)), quantity: 1 }]);
  const byOwner = new Map<string, { tokenId: string; balance: string }[]>();
  for (let token = 0; token < collection.tokens; token += 1)
    for (const { owner, quantity } of of(token))
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), { tokenId: String(token), balance: String(quantity) }]);
  const all = Array.from(byOwner, ([ownerAddress, tokenBalances]) => ({ ownerAddress, tokenBalances }));
  const start = Number(parameters.get('pageKey') ?? 0);
  const end = start + (collection.ownersAPage ?? 2);
  return { owners: all.slice(start, end), pageKey: end < all.length ? String(end) : undefined };
}
