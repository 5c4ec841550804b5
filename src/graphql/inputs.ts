/** Inputs that several slices take, each with the one form in which it is stored. */
import { getAddress, isAddress } from 'viem/utils';
import { z } from 'zod';

/** An EVM address, in lower case. With capitals it must carry its checksum (EIP-55). */
export const address = z.string().transform((text, ctx) => {
  if (isAddress(text, { strict: false })) {
    const digits = text.slice(2);
    if (digits === digits.toLowerCase() || digits === digits.toUpperCase() || getAddress(text) === text)
      return text.toLowerCase();
    ctx.addIssue({
      code: 'custom',
      message: `the capitals of this address do not match its checksum (EIP-55): correct it, or write it in lower case`,
    });
  } else {
    ctx.addIssue({ code: 'custom', message: 'not an address: write 0x and 40 hexadecimal digits' });
  }
  return z.NEVER;
});

/** Nobody's. */
export const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;

/** What a column of the type int holds at most. */
export const MAX_INT = 2 ** 31 - 1;

/** A token's number: an unsigned integer of 256 bits, in decimal digits. */
export const tokenId = z.string().refine((text) => /^\d{1,78}$/.test(text) && BigInt(text) < 2n ** 256n, {
  error: 'not a token id: write a whole number from 0 to 2^256 - 1 in decimal digits',
});

export const slug = z
  .string()
  .regex(
    /^(?=.{3,60}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'write 3 to 60 of a to z, 0 to 9 and single hyphens between them, starting with a letter',
  );

/** JSON can spell halves of characters (\ud800), which a database cannot tell from one another. */
const whole = z.string().regex(/^\P{Surrogate}*$/u, { error: 'must be valid Unicode', abort: true });

/** A line of text without control characters, trimmed. It can be seen, and reads in the order in which it is written. */
export const line = (max: number) =>
  whole
    .trim()
    .min(1, { error: 'must not be empty', abort: true })
    .max(max, `must have at most ${max} characters`)
    .regex(/^\P{Cc}*$/u, 'must be a single line')
    // Joiners and variation selectors are part of emoji and of many scripts: they may stand beside what is seen.
    .regex(/[^\p{Cf}\p{Default_Ignorable_Code_Point}\p{Z}\u2800]/u, 'must have a character that can be seen')
    .regex(/^[^\u202A-\u202E\u2066-\u2069]*$/, 'must not have characters that change the direction of the text');

/** Text of any number of lines. PostgreSQL stores no NUL. */
export const text = (max: number) =>
  whole
    .trim()
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\0]*$/, 'must not contain NUL');

/** What is searched for. */
export const searchText = line(100);

const httpsUrl = (text: string): URL | null =>
  /^https:\/\/[^/\\]/i.test(text) && URL.canParse(text) ? new URL(text) : null;

/** An address of a picture, as browsers would write it: what cannot stand in one is escaped. */
export const imageUrl = z
  .string()
  .trim()
  .regex(/^\P{Surrogate}*$/u, 'must be valid Unicode')
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .refine((text) => httpsUrl(text) !== null, 'must be an address that starts with https://')
  .refine((text) => {
    const { username, password } = httpsUrl(text) ?? {};
    return !username && !password;
  }, 'must not contain a user name or a password')
  .overwrite((text) => httpsUrl(text)?.href ?? text)
  .max(2_000, 'must have at most 2,000 characters');

/** A number of objects where a list has no cursor. */
export const count = z.int().min(1, 'must be between 1 and 100').max(100, 'must be between 1 and 100');

/** A slug made from a name; null if nothing of the name can stand in one. */
export function slugFrom(name: string): string | null {
  const words = name
    .normalize('NFKD')
    // Accents come loose in this form; without them the letter stays whole.
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return slug.safeParse(words.slice(0, 60).replace(/-+$/, '')).data ?? null;
}
