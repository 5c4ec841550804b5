/** Refuses what comes while this process has more to do than it can, before anything of it is read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.js';
import { type Admission, SHED_RETRY_SECONDS } from './admission.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whoever asks how the server is must learn it most of all when it is not well. */
const NEVER = /^\/(health\/(live|ready)|metrics|stats)([?/]|$)/;

const CODE: ErrorCode = 'UNAVAILABLE';
const BODY = JSON.stringify({
  errors: [{ message: 'The server has too much to do. Try again in a moment.', extensions: { code: CODE } }],
});

/** @param idOf the id of a request that came with this one. */
export function withShedding(
  handle: Handle,
  admission: Admission,
  idOf: (given: string | undefined) => string,
): Handle {
  return async (request, response) => {
    if (NEVER.test(request.url ?? '')) {
      await handle(request, response);
      return;
    }
    if (admission.isFull) {
      admission.refused('shed');
      refuse(response, idOf(request.headers['x-request-id']?.toString()));
      return;
    }
    const leave = whenComplete(request, () => admission.enter());
    try {
      await handle(request, response);
    } finally {
      leave();
    }
  };
}

/** Those who are slow to say what they want take no place from others: they are inside when they have said it. */
function whenComplete(request: IncomingMessage, enter: () => () => void): () => void {
  let leave: (() => void) | null = null;
  const take = (): void => void (leave ??= enter());
  if (request.complete || request.method === 'GET') take();
  else request.once('end', take);
  return () => {
    request.off('end', take);
    leave?.();
  };
}

function refuse(response: ServerResponse, id: string): void {
  response.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(BODY),
    'cache-control': 'no-store',
    'retry-after': String(SHED_RETRY_SECONDS),
    'x-request-id': id,
    // What the client still sends is not read.
    connection: 'close',
  });
  response.end(BODY);
}
