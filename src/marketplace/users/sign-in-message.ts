/** Sign-In-with-Ethereum messages (ERC-4361). */
import { z } from 'zod';
import { type SiweMessage, createSiweMessage, parseSiweMessage } from 'viem/siwe';

const MANDATORY = ['address', 'domain', 'uri', 'version', 'chainId', 'nonce', 'issuedAt'] as const;

/** A message that keeps to the letter of the standard, with its fields. */
export const signInMessage = z
  .string()
  .max(5_000, 'must have at most 5,000 characters')
  .transform((text, ctx) => {
    const fields = parse(text);
    if (fields) return { ...fields, text };
    ctx.addIssue({ code: 'custom', message: 'not a Sign-In-with-Ethereum message: write it as ERC-4361 says' });
    return z.NEVER;
  });

/**
 * viem's parser passes over lines that it does not know or that stand in the wrong place, an expiration time among them.
 * So what it understood is written anew, and must be what was signed.
 */
function parse(text: string): SiweMessage | null {
  const fields = parseSiweMessage(text);
  if (!isComplete(fields)) return null;
  try {
    return skeleton(createSiweMessage(fields)) === skeleton(text) ? fields : null;
  } catch {
    return null;
  }
}

const isComplete = (fields: Partial<SiweMessage>): fields is SiweMessage =>
  MANDATORY.every((name) => fields[name] !== undefined);

/** A message without what may be written in more than one way: moments, and the empty lines around the statement. */
const skeleton = (text: string) =>
  text.replace(/^(Issued At|Expiration Time|Not Before): .+$/gm, '$1').replace(/\n{2,}/g, '\n\n');

/** Why a message is not accepted at `now` by a server that answers for `domains`; null if it is. */
export function findFault(message: SiweMessage, domains: readonly string[], now: Date): string | null {
  const { domain, expirationTime, notBefore } = message;
  if (domains.length === 0) return 'this server links no wallets: it answers for no domain (SIGN_IN_DOMAINS)';
  if (!domains.includes(domain)) return `it was signed for ${domain}: sign one for ${domains.join(' or ')}`;
  if (expirationTime && expirationTime <= now) return 'it has expired: sign a new one';
  if (notBefore && notBefore > now) return `it is good from ${notBefore.toISOString()} only: wait, or sign a new one`;
  return null;
}
