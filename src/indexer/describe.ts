/** What the indexer says of contracts and tokens, as rows may hold it. Whatever is odd is left out, for nobody is there to correct it. */
import { type Token, attribute, image } from '../data/import/metadata.js';
import { MAX_INT, line, text } from '../graphql/inputs.js';
import type { Contract } from '../graphql/collection-source.js';
import type { IndexedContract, IndexedToken } from './alchemy.js';
import type { Metadata } from './token-documents.js';

const MAX_ATTRIBUTES = 100;

/** Pictures that hold no scripts. */
const RASTER = /^data:image\/(png|jpeg|gif|webp|avif);base64,[a-z0-9+/=]*$/i;

/** The first that is a picture's address (https, ipfs, ar) or a picture itself. */
function imageOf(candidates: readonly unknown[]): string | null {
  for (const candidate of candidates) {
    const address = image.safeParse(candidate).data;
    if (address && (!address.startsWith('data:') || RASTER.test(address))) return address;
  }
  return null;
}

const lineOf = (max: number, ...candidates: unknown[]): string | null =>
  candidates.map((candidate) => line(max).safeParse(candidate).data).find((found) => found !== undefined) ?? null;

const textOf = (max: number, ...candidates: unknown[]): string | null =>
  candidates.map((candidate) => text(max).safeParse(candidate).data).find(Boolean) ?? null;

/** Null: its tokens are none that we know of. */
export function describeContract(contract: IndexedContract): Contract | null {
  const { name, symbol, totalSupply, tokenType, openSeaMetadata } = contract;
  if (tokenType !== 'ERC721' && tokenType !== 'ERC1155') return null;
  const total = totalSupply == null ? null : Number(totalSupply);
  return {
    name: lineOf(100, name, openSeaMetadata?.collectionName),
    symbol: lineOf(20, symbol),
    description: textOf(5_000, openSeaMetadata?.description),
    imageUrl: imageOf([openSeaMetadata?.imageUrl]),
    standard: tokenType,
    total: total !== null && total <= MAX_INT ? total : null,
  };
}

/** @param metadata the token's own document; null if nobody has it. What is returned holds nothing of it in memory. */
export function describeToken(token: IndexedToken, metadata: Metadata | null): Token {
  const { tokenId, name, description, image: pictures } = token;
  const given = Array.isArray(metadata?.attributes) ? metadata.attributes.slice(0, MAX_ATTRIBUTES) : [];
  const pairs = given.flatMap((candidate: unknown) => {
    const { data } = attribute.safeParse(candidate);
    return data ? [{ traitType: data.trait_type, value: data.value }] : [];
  });
  // A copy: in V8 a piece of a text, as what was trimmed is, keeps the whole.
  return structuredClone({
    tokenId,
    name: lineOf(200, metadata?.name, name) ?? `#${tokenId}`,
    description: textOf(20_000, metadata?.description, description) ?? '',
    imageUrl: imageOf([
      ...[metadata?.image, metadata?.image_url],
      ...[pictures?.cachedUrl, pictures?.pngUrl, pictures?.thumbnailUrl],
    ]),
    attributes: [...new Map(pairs.map((pair) => [JSON.stringify([pair.traitType, pair.value]), pair])).values()],
  });
}
