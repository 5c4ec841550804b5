/** What settings may say: each kind with what is wrong with anything else. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const integer = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number);

export const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

/** As browsers write it in `Origin`, or `*` for all. Any other spelling would be listed and never match. */
export const origin = z.string().refine((text) => text === '*' || (isWeb(text) && new URL(text).origin === text), {
  error: ({ input }) =>
    `must be * or origins, which have neither a path nor a slash at the end: write ${isWeb(input) ? new URL(input).origin : 'https://shop.example'}`,
});

const isWeb = (text: unknown): text is string =>
  typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** As it stands in a Sign-In-with-Ethereum message: compared letter by letter. */
export const domain = z
  .string()
  .regex(
    /^[a-z\d.-]+(:\d{1,5})?$/i,
    'must be domains, with a port if it is an unusual one, and without https:// and slashes: write shop.example or shop.example:8080',
  );

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** A part of a whole. */
export const fraction = z
  .string()
  .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1, { error: 'must be a number from 0 to 1' })
  .transform(Number);

/** Seconds, with a fraction if need be. */
export const seconds = (max: number) =>
  z
    .string()
    .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= max, {
      error: `must be a number of seconds from 0 to ${max}`,
    })
    .transform(Number);

/** A number of proxies, or their addresses and networks. */
export const trustProxy = list.transform((places, context) => {
  const [first = ''] = places;
  if (places.length === 1 && /^[0-9]$/.test(first)) return Number(first);
  if (places.length > 0 && places.every(isPlace)) return places;
  context.addIssue({
    code: 'custom',
    message:
      'must be how many proxies there are (0 to 9), or a list of their addresses and networks such as 10.0.0.0/8',
  });
  return z.NEVER;
});

function isPlace(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || isIP(address) === 0) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32));
}

export const MAX_LIFETIME_SECONDS = 7 * 24 * 3_600;

/** `Query.agents=60,Agent=120`. Whether there are such fields and types is not known here: see readConfig(). */
export const lifetimes = list
  .pipe(
    z.array(
      z
        .string()
        .refine((text) => /^\w+(\.\w+)?=\d+$/.test(text) && Number(text.split('=')[1]) <= MAX_LIFETIME_SECONDS, {
          error: `must be a list such as Query.agents=60,Agent=120, with whole seconds from 0 to ${MAX_LIFETIME_SECONDS}`,
        }),
    ),
  )
  .transform((items) =>
    items.map((item) => {
      const [coordinate, seconds] = item.split('=') as [string, string];
      return [coordinate, Number(seconds)] as const;
    }),
  )
  .refine((pairs) => new Set(pairs.map(([coordinate]) => coordinate)).size === pairs.length, {
    error: 'must name each field or type once',
  })
  .transform((pairs) => Object.fromEntries(pairs));

/** Part of an address: nothing that could lead elsewhere. */
export const pathSegment = z.string().regex(/^[\w-]+$/, 'must be an id of letters, digits, - and _');
