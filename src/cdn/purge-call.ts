/** One call to whatever purges. */
import { CallsLimited } from './cdn.js';

/** Milliseconds. Purges take some 200. */
const CALL_LIMIT_MS = 5_000;
/** A CDN that wants to be left alone for longer is asked again all the same. Milliseconds. */
const MAX_WAIT_MS = 5 * 60_000;

interface Call {
  readonly method: 'POST' | 'PURGE';
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * @returns the content of an answer that says yes.
 * @throws CallsLimited for 429; else an error that names the status, and nothing of what was sent.
 */
export async function call(url: string, { method, headers, body }: Call): Promise<string> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    // A token is sent to the address that was given, and nowhere else.
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  });
  const text = await response.text();
  if (response.status === 429)
    throw new CallsLimited('the purge was answered with 429', waitOf(response.headers.get('retry-after')));
  if (!response.ok) throw new Error(`the purge was answered with ${response.status}`);
  return text;
}

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date. */
function waitOf(retryAfter: string | null): number | null {
  if (retryAfter === null) return null;
  const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_WAIT_MS);
}
