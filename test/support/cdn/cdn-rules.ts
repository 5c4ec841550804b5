/** How each CDN decides what to keep, and how it is told to let go, by its documentation; as small as the tests need it. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface CdnRules {
  /** Seconds for which it keeps an answer, its Age not taken off yet; null: it does not keep it. */
  lifetime(answer: IncomingHttpHeaders): number | null;
  /** Whether it looks for a request in what it keeps at all. */
  takes(request: IncomingHttpHeaders): boolean;
  /** Of the headers that Vary names, those that it heeds. */
  heeds(header: string): boolean;
  readonly keysHeader: string;
  /** What ends a key. */
  readonly separator: string;
  /** Of the header with the keys. Bytes; what is beyond is lost. */
  readonly maxKeysBytes: number;
  /** Headers that go no further. */
  readonly hidden: readonly string[];
  /** What `request` wants to have purged; null: it is another request. A text says what is wrong with it. */
  purged(request: IncomingMessage, body: string): { keys: readonly string[] } | string | null;
  readonly purgeAnswer: string;
}

export const TOKEN = 'a token that only the fake knows';
const SERVICE = 'service1';
const ZONE = 'zone1';

const directive = (value: string | undefined, name: string): number | null => {
  const found = new RegExp(`(?:^|[\\s,])${name}=(\\d+)`).exec(value ?? '');
  return found ? Number(found[1]) : null;
};
const one = (value: string | string[] | undefined): string => String(value ?? '');

/** Surrogate-Control, s-maxage, max-age, else an hour; `private` is the only word that it obeys. */
const fastly: CdnRules = {
  lifetime({ 'cache-control': control = '', 'surrogate-control': surrogate }) {
    if (/private/.test(control)) return null;
    return (
      directive(one(surrogate), 'max-age') ?? directive(control, 's-maxage') ?? directive(control, 'max-age') ?? 3_600
    );
  },
  takes: () => true,
  heeds: () => true,
  keysHeader: 'surrogate-key',
  separator: ' ',
  maxKeysBytes: 16_384,
  hidden: ['surrogate-key', 'surrogate-control'],
  purged({ method, url, headers }) {
    if (method !== 'POST' || url !== `/service/${SERVICE}/purge`) return null;
    if (headers['fastly-key'] !== TOKEN) return 'no such token';
    const keys = one(headers['surrogate-key']).split(' ');
    return keys.length > 256 ? 'too many keys' : { keys };
  },
  purgeAnswer: '{"status":"ok"}',
};

/** Targeted headers first; one answer for each address and Origin; a Cache Rule as in docs/cdn.md. */
const cloudflare: CdnRules = {
  lifetime(answer) {
    const control =
      answer['cloudflare-cdn-cache-control'] ?? answer['cdn-cache-control'] ?? answer['cache-control'] ?? '';
    if (/no-store|no-cache|private/.test(one(control))) return null;
    return directive(one(control), 's-maxage') ?? directive(one(control), 'max-age');
  },
  takes: ({ accept = '*/*' }) =>
    !accept.includes('text/html') &&
    (accept.includes('*/*') ||
      (accept.includes('application/json') && accept.includes('application/graphql-response+json'))),
  heeds: (header) => header === 'accept-encoding' || header === 'origin',
  keysHeader: 'cache-tag',
  separator: ',',
  maxKeysBytes: 16_384,
  hidden: ['cache-tag', 'cloudflare-cdn-cache-control'],
  purged({ method, url, headers }, body) {
    if (method !== 'POST' || url !== `/client/v4/zones/${ZONE}/purge_cache`) return null;
    if (headers.authorization !== `Bearer ${TOKEN}`) return 'no such token';
    const { tags } = JSON.parse(body) as { tags: string[] };
    return tags.length > 100 ? 'too many tags' : { keys: tags };
  },
  purgeAnswer: '{"success":true,"errors":[],"messages":[],"result":{"id":"zone1"}}',
};

/** Its built-in VCL, and before it the one of docs/cdn.md. */
const varnish: CdnRules = {
  lifetime({ 'surrogate-control': surrogate, 'cache-control': control = '' }) {
    if (surrogate === undefined && /no-cache|no-store|private/.test(control)) return null;
    return directive(one(surrogate), 'max-age') ?? directive(control, 's-maxage') ?? directive(control, 'max-age');
  },
  takes: ({ authorization, cookie }) => authorization === undefined && cookie === undefined,
  heeds: () => true,
  keysHeader: 'xkey',
  separator: ' ',
  maxKeysBytes: 8_192,
  hidden: ['xkey', 'surrogate-control'],
  purged({ method, headers }) {
    if (method !== 'PURGE') return null;
    const keys = one(headers['xkey-purge']);
    return keys.length > 8_192 ? 'the line is too long' : { keys: keys.split(' ') };
  },
  purgeAnswer: 'Purged',
};

export const CDN_RULES = { fastly, cloudflare, varnish };
export type CdnKind = keyof typeof CDN_RULES;

/** What the server is told of a fake that listens at `url`. */
export function cdnEnvironment(kind: CdnKind, url: string): Record<string, string> {
  switch (kind) {
    case 'fastly':
      return { CDN: kind, CDN_SERVICE_ID: SERVICE, CDN_TOKEN: TOKEN, CDN_API_URL: url };
    case 'cloudflare':
      return { CDN: kind, CDN_ZONE_ID: ZONE, CDN_TOKEN: TOKEN, CDN_API_URL: `${url}/client/v4` };
    case 'varnish':
      return { CDN: kind, CDN_PURGE_URL: url };
  }
}
