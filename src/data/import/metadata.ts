/**
 * One token's metadata, as ERC-721 and its marketplaces have it: name, description, image, and attributes with
 * trait_type and value. What is not mentioned here is ignored, `display_type` too.
 */
import { z } from 'zod';
import { imageUrl, line, text, tokenId } from '../../graphql/inputs.js';

export interface Token {
  tokenId: string;
  name: string;
  description: string;
  imageUrl: string | null;
  /** Each pair once. Several values of one type are normal. */
  attributes: { traitType: string; value: string }[];
}

/** `alien`: it names no token at all, so it need not be meant as one. */
export type Parsed = { token: Token } | { fault: string; alien?: true };

/** What an attribute without a trait_type belongs to: marketplaces show such values as properties of the token. */
export const DEFAULT_TRAIT_TYPE = 'Property';

/** The first of these that a record has is its token id. */
const ID_FIELDS = ['tokenId', 'token_id', 'edition', 'id'] as const;
/** Those that can mean nothing else: `id` may be a key of whoever made the file, `edition` a number in a series. */
const PLAIN_ID_FIELDS = ['tokenId', 'token_id'] as const;

const MAX_INLINE_IMAGE = 100_000;
/** A gateway for each of the networks that metadata points into. */
const GATEWAYS = [
  { address: /^ipfs:\/\/(?:ipfs\/)?/i, gateway: 'https://ipfs.io/ipfs/' },
  { address: /^ar:\/\//i, gateway: 'https://arweave.net/' },
];

/** JSON can spell halves of characters (\ud800) that PostgreSQL cannot store. */
const wellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value);
const UNICODE = { error: 'must be valid Unicode' };

export const attribute = z.object(
  {
    trait_type: z
      .string({ error: 'must be text' })
      .nullish()
      .transform((type) => type?.trim() || DEFAULT_TRAIT_TYPE)
      .pipe(line(100)),
    value: z
      .union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number, true or false' })
      .transform(String)
      .pipe(line(500)),
  },
  { error: 'must have a trait_type and a value' },
);

export const image = z
  .string({ error: 'must be text' })
  .trim()
  .transform((address) => {
    const { gateway = '', address: prefix = /^/ } = GATEWAYS.find((known) => known.address.test(address)) ?? {};
    return address.replace(prefix, gateway);
  })
  .pipe(
    z.union(
      [z.literal(''), imageUrl, z.string().startsWith('data:image/').max(MAX_INLINE_IMAGE).refine(wellFormed, UNICODE)],
      {
        error: `must start with https://, ipfs:// or ar://, or hold a picture (data:image/…, at most ${MAX_INLINE_IMAGE.toLocaleString('en')} characters)`,
      },
    ),
  )
  .nullish();

const metadata = z.object({
  name: z
    .string({ error: 'must be text' })
    .nullish()
    .transform((name) => name?.trim() || null)
    .pipe(line(200).nullable()),
  description: text(20_000).nullish(),
  image,
  image_url: image,
  attributes: z.array(attribute, { error: 'must be a list' }).nullish(),
});

const anyId = z
  .union([z.string(), z.number()], { error: 'must be a number' })
  .refine((id) => typeof id === 'string' || (Number.isSafeInteger(id) && id >= 0), {
    error: 'must be a whole number; one above 2^53 loses digits in JSON unless it is written as text',
    abort: true,
  })
  .transform((id) => (/^0x[0-9a-f]{1,64}$/i.test(String(id)) ? BigInt(id).toString() : String(id)))
  .pipe(tokenId)
  .transform((id) => BigInt(id).toString());

/** @param fileId the token id that the file's name gives; null to look for a field. */
export function parseToken(json: string, fileId: string | null): Parsed {
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch (error) {
    return { fault: `is not valid JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  if (Array.isArray(record)) return { fault: 'is a list: write each token on a line of its own', alien: true };
  if (typeof record !== 'object' || record === null) return { fault: 'is not a JSON object', alien: true };

  const fields = new Map<string, unknown>(Object.entries(record));
  const idField = ID_FIELDS.find((name) => fields.get(name) != null);
  if (fileId === null && !idField)
    return { fault: `has no token id: none of ${ID_FIELDS.join(', ')} is there`, alien: true };
  const rival = PLAIN_ID_FIELDS.find((name) => contradicts(fields.get(name), fileId));
  if (rival) return { fault: `${rival}: is another token than the name of the file says` };
  const id = anyId.safeParse(fileId ?? fields.get(idField ?? ''));
  const rest = metadata.safeParse(record);
  if (id.success && rest.success) return { token: toToken(id.data, rest.data) };
  return { fault: [...faults(id, idField), ...faults(rest)].join('; ') };
}

function contradicts(field: unknown, fileId: string | null): boolean {
  const { data } = anyId.safeParse(field);
  return fileId !== null && data !== undefined && data !== fileId;
}

function toToken(
  tokenId: string,
  { name, description, image, image_url, attributes }: z.infer<typeof metadata>,
): Token {
  const pairs = (attributes ?? []).map(({ trait_type: traitType, value }) => ({ traitType, value }));
  return {
    tokenId,
    name: name ?? `#${tokenId}`,
    description: description ?? '',
    imageUrl: image || image_url || null,
    attributes: [...new Map(pairs.map((pair) => [JSON.stringify([pair.traitType, pair.value]), pair])).values()],
  };
}

const faults = ({ error }: z.ZodSafeParseResult<unknown>, ...start: (string | undefined)[]): string[] =>
  (error?.issues ?? []).map(({ path, message }) => `${[...start, ...path].join('.')}: ${message}`);

/** `17`, or the 64 hexadecimal digits of ERC-1155; null for other names. */
export function tokenIdOfName(name: string): string | null {
  const id = /^[0-9a-f]{64}$/i.test(name) ? `0x${name}` : /^\d+$/.test(name) ? name : null;
  return anyId.safeParse(id).data ?? null;
}
