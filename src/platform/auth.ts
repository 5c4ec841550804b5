/** Verifies bearer tokens (JWT, RFC 7519). What is not asked for here, jose does not check. */
import { type JWTPayload, type JWTVerifyGetKey, SignJWT, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { AuthConfig, TokenKeys } from '../config.js';
import { ApiError, unavailable } from '../errors.js';
import { keptSecret } from './kept-secret.js';
import { keySetAt } from './key-set.js';

export interface Identity {
  subject: string;
  role: 'USER' | 'ADMIN';
  /** When the token ends, in seconds since 1970. */
  expiresAt: number;
}

const MAX_TOKEN_LENGTH = 8_192;
/** How far the clocks of issuer and server may be apart. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** jose's codes for a key set that took too long, came with another status than 200 (generic) or is none. */
const KEYS_AWAY = new Set([errors.JWKSTimeout.code, errors.JOSEError.code, errors.JWKSInvalid.code]);

const claims = z.object({
  // Stored as it is: PostgreSQL takes no NUL, and halves of characters (\ud800) would all become the same.
  sub: z
    .string()
    .max(255)
    .regex(/^[^\p{Cc}\p{Surrogate}]+$/u),
  exp: z.number(),
  role: z.enum(['USER', 'ADMIN']).default('USER'),
});

export type VerifyToken = (token: string) => Promise<Identity>;

/** @returns a function that throws UNAUTHENTICATED (401) for any token that is not valid now, and says why. */
export function createTokenVerifier({ keys, issuer, audience }: AuthConfig): VerifyToken {
  // Fixed by the kind of key: a token never chooses, so a public key is never taken for a secret.
  const algorithms = keys.kind === 'jwks' ? ['RS256', 'ES256', 'PS256', 'EdDSA'] : ['HS256'];
  const getKey: JWTVerifyGetKey = keys.kind === 'jwks' ? keySetAt(new URL(keys.url)) : rememberedSecret(keys);
  const options = {
    algorithms,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['sub', 'exp'],
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  };

  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) throw refused('it is too long');
    const payload = await jwtVerify(token, getKey, options).then(({ payload }) => payload, explain);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw refused(`its claim "${parsed.error.issues[0]?.path.join('.')}" is not usable`);
    return { subject: parsed.data.sub, role: parsed.data.role, expiresAt: parsed.data.exp };
  };
}

type SecretKeys = Exclude<TokenKeys, { kind: 'jwks' }>;

export const secretOf = async (keys: SecretKeys): Promise<string> =>
  keys.kind === 'kept' ? keptSecret(keys.file) : keys.secret;

function rememberedSecret(keys: SecretKeys): () => Promise<Uint8Array> {
  let secret: Promise<Uint8Array> | null = null;
  return () => (secret ??= secretOf(keys).then((text) => new TextEncoder().encode(text)));
}

function explain(error: unknown): JWTPayload {
  if (error instanceof errors.JWTExpired) throw refused('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    throw refused(`its claim "${error.claim}" is missing or not accepted here`);
  if (!(error instanceof errors.JOSEError) || KEYS_AWAY.has(error.code)) {
    throw unavailable('The keys that tokens are verified with cannot be fetched now. Try again in a moment.', error);
  }
  throw refused('it was not signed with a key that is accepted here');
}

export const refused = (why: string) =>
  new ApiError(
    'UNAUTHENTICATED',
    `The bearer token was refused: ${why}. Sign in again, or leave the Authorization header out.`,
    {
      http: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    },
  );

/** A token for development and tests: HS256 under `secret`. */
export function signToken(
  secret: string,
  { user, role, ttlSeconds }: { user: string; role: 'USER' | 'ADMIN'; ttlSeconds: number },
  auth?: Pick<AuthConfig, 'issuer' | 'audience'>,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const token = new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds);
  if (auth?.issuer) token.setIssuer(auth.issuer);
  if (auth?.audience) token.setAudience(auth.audience);
  return token.sign(new TextEncoder().encode(secret));
}
