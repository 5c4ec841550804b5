/** One request for JSON, bounded in time, size and kind. Redirects are answers like others: whoever follows one checks it first. */
import { type Dispatcher, request } from 'undici';
import { UpstreamError } from './upstream-error.js';

interface JsonRequest {
  dispatcher: Dispatcher;
  timeoutMs: number;
  maxBytes: number;
  /** Media types that may be JSON. */
  types: RegExp;
  signal: AbortSignal;
}

export type JsonAnswer = { value: unknown } | { location: string };

/** @throws UpstreamError, or the reason of `signal`. */
export async function readJson(url: URL, options: JsonRequest): Promise<JsonAnswer> {
  options.signal.throwIfAborted();
  // Not AbortSignal.any with AbortSignal.timeout: Node may collect the latter as garbage, and then it never comes.
  const end = new AbortController();
  const stop = () => end.abort(options.signal.reason);
  options.signal.addEventListener('abort', stop);
  const timer = setTimeout(() => end.abort(new DOMException('It took too long.', 'TimeoutError')), options.timeoutMs);
  try {
    const answer = await request(url, {
      dispatcher: options.dispatcher,
      signal: end.signal,
      // A compressed answer could be a thousand times as large as it looks.
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
    });
    try {
      return await judge(answer, options);
    } catch (error) {
      // Somebody is there: what was asked for cannot be read to its end, as when a gateway finds half of a document.
      throw error instanceof UpstreamError || end.signal.aborted ? error : nonsense('Its answer breaks off.', error);
    } finally {
      // What is not read must not hold the connection.
      answer.body.on('error', () => undefined).destroy();
    }
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    throw unsafeCause(error) ?? (error instanceof UpstreamError ? error : unanswered(error, end.signal.aborted));
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
  }
}

const unanswered = (cause: unknown, isLate: boolean) =>
  new UpstreamError(isLate ? 'silent' : 'away', 'It does not answer.', { cause });
const nonsense = (message: string, cause?: unknown) => new UpstreamError('nonsense', message, { cause });

function unsafeCause(error: unknown): UpstreamError | null {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof UpstreamError && at.fault === 'unsafe') return at;
  return null;
}

async function judge(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { maxBytes, types }: JsonRequest,
): Promise<JsonAnswer> {
  const header = (name: string) => String(headers[name] ?? '');
  if (statusCode >= 300 && statusCode < 400 && headers.location) return { location: header('location') };
  if (statusCode !== 200) throw faultOfStatus(statusCode, retryAfterMs(header('retry-after')));
  const type = header('content-type').split(';')[0]!.trim().toLowerCase();
  if (!types.test(type)) throw nonsense('It answers with something else than JSON.');
  if (!['', 'identity'].includes(header('content-encoding'))) throw nonsense('It answers with a compressed body.');
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw nonsense('Its answer is too large.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw nonsense('Its answer is too large.');
    chunks.push(chunk);
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch (error) {
    throw nonsense('It answers with broken JSON.', error);
  }
}

/** What stands before a server says that it waited in vain: a gateway timeout, and what Cloudflare calls one. */
const TOO_LATE = new Set([504, 524]);

/** What stands before a server says that nobody is there: a bad gateway, nobody who could serve, and what Cloudflare calls a server that is down, late and out of reach. */
const AWAY = new Set([502, 503, 521, 522, 523]);

function faultOfStatus(status: number, retryAfterMs: number): UpstreamError {
  if (status === 429 || (status === 503 && retryAfterMs > 0))
    return new UpstreamError('busy', 'It is asked too often, and wants to be left alone for a while.', {
      retryAfterMs,
    });
  if (status === 404 || status === 410) return new UpstreamError('missing', 'It has no such thing.');
  if (TOO_LATE.has(status)) return new UpstreamError('silent', 'It has no answer in time.');
  if (AWAY.has(status)) return new UpstreamError('away', 'It cannot be reached.');
  if (status >= 500) return new UpstreamError('broken', 'It says that it is broken.');
  return new UpstreamError('refused', `It refuses to answer (status ${status}).`);
}

/** Seconds, or a date (RFC 9110, 10.2.3). 0 for none. */
function retryAfterMs(header: string): number {
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}
