/** `/stats`, `/dashboard` and its stream. What they tell is for admins; in development, for whoever sits at the machine, too. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Asset, POLICY, assetAt } from './assets.js';
import type { LiveStream } from './live-stream.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface OperatorPagesParts {
  /** Null for a stranger. Rejects for a token that is not accepted, or with the code UNAVAILABLE if that cannot be told now. */
  identify: (authorization: string | null) => Promise<{ readonly role: string } | null>;
  /** Whether requests from this machine need no token. */
  trustsLoopback: boolean;
  /** JSON, of this moment. */
  stats: () => Promise<string>;
  stream: LiveStream;
}

const RETRY_AFTER_SECONDS = 5;
const COME_AGAIN = { 'retry-after': String(RETRY_AFTER_SECONDS) };

/** What is said beside a refusal. */
const HINTS: Record<number, Record<string, string>> = {
  401: { 'www-authenticate': 'Bearer' },
  503: COME_AGAIN,
};

export function withOperatorPages(handle: Handle, parts: OperatorPagesParts): Handle {
  return async (request, response) => {
    const [path] = request.url!.split('?') as [string];
    if (path !== '/stats' && path !== '/dashboard' && !path.startsWith('/dashboard/')) {
      await handle(request, response);
      return;
    }
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'Ask by GET.', { allow: 'GET, HEAD' });
      return;
    }
    const asset = assetAt(path);
    if (asset) send(request, response, asset);
    else if (path === '/stats' || path === '/dashboard/events') await tell(path, { request, response, parts });
    else refuse(response, 404, 'There is nothing here. The dashboard is at /dashboard.');
  };
}

interface Telling {
  request: IncomingMessage;
  response: ServerResponse;
  parts: OperatorPagesParts;
}

async function tell(path: string, { request, response, parts }: Telling): Promise<void> {
  const refusal = await refusalOf(request, parts);
  if (refusal) {
    const [status, message] = refusal;
    refuse(response, status, message, HINTS[status]);
  } else if (path === '/stats' || request.method === 'HEAD') {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : await parts.stats());
  } else if (!parts.stream.add(request, response)) {
    refuse(response, 503, 'Too many are looking already.', COME_AGAIN);
  }
}

export const mayLook = async (
  request: IncomingMessage,
  parts: Pick<OperatorPagesParts, 'identify' | 'trustsLoopback'>,
): Promise<boolean> => (await refusalOf(request, parts)) === null;

/** Null: welcome. */
async function refusalOf(
  request: IncomingMessage,
  { identify, trustsLoopback }: Pick<OperatorPagesParts, 'identify' | 'trustsLoopback'>,
): Promise<[status: number, message: string] | null> {
  const { authorization = null } = request.headers;
  if (authorization === null && trustsLoopback && isAtThisMachine(request)) return null;
  try {
    const identity = await identify(authorization);
    if (identity === null) return [401, 'Sign in with the token of an admin.'];
    return identity.role === 'ADMIN' ? null : [403, 'This is for admins.'];
  } catch (error) {
    return [isUnavailable(error) ? 503 : 401, error instanceof Error ? error.message : 'The token was refused.'];
  }
}

/** Nobody can tell now whether the token is good: its holder is not to be sent away for that. */
const isUnavailable = (error: unknown): boolean =>
  (error as { extensions?: { code?: unknown } } | undefined)?.extensions?.code === 'UNAVAILABLE';

/**
 * Nobody in between: a proxy would make everyone a neighbour. And asked for by a name of this machine: a page from elsewhere whose name was made to
 * point here (DNS rebinding) still says its own.
 */
function isAtThisMachine({ socket, headers }: IncomingMessage): boolean {
  const isNear = /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
  const isNamedSo = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
  return isNear && isNamedSo && headers.forwarded === undefined && headers['x-forwarded-for'] === undefined;
}

function send({ method, headers }: IncomingMessage, response: ServerResponse, { type, content, tag }: Asset): void {
  const unchanged = headers['if-none-match'] === tag;
  response.writeHead(unchanged ? 304 : 200, {
    'content-type': type,
    'cache-control': 'no-cache',
    etag: tag,
    'content-security-policy': POLICY,
    ...(!unchanged && { 'content-length': content.byteLength }),
  });
  if (unchanged || method === 'HEAD') response.end();
  // As text: bytes of an answer that waits for another one Node sends after its own "100 Continue", in the middle of the answer.
  else response.end(content.toString('latin1'), 'latin1');
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify({ error: message }));
}
