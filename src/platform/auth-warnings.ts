/** What is no fault in how tokens are verified, and lets in more than its operator may think. */
import type { Config } from '../config.js';

/** Sentences for the log at the start. In production alone: elsewhere nobody is to be kept out. */
export function authWarnings({ production, auth }: Pick<Config, 'production' | 'auth'>): string[] {
  const { keys, issuer, audience } = auth;
  if (!production || keys.kind !== 'jwks') return [];
  return [
    ...unnamed(issuer, audience),
    ...(isOpen(new URL(keys.url))
      ? [
          'AUTH_JWKS_URL is fetched without TLS: who stands in between can give us keys of their own. Begin it with https://',
        ]
      : []),
  ];
}

function unnamed(issuer: string | null, audience: string | null): string[] {
  const told = [
    ...(audience === null
      ? [
          'AUTH_AUDIENCE is not set: tokens that the same issuer makes for other applications are accepted here, with the role that they claim. Set it to what tokens for Larder say in aud.',
        ]
      : []),
    ...(issuer === null
      ? [
          'AUTH_ISSUER is not set: tokens of whoever else signs with these keys are accepted. Set it to what tokens say in iss.',
        ]
      : []),
  ];
  return told.length > 0 ? [told.join(' ')] : [];
}

const isOpen = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
