/** Refuses what comes while this process has more to do than it can, before anything is begun for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody } from '../errors.js';
import type { Asked } from '../sockets/known-heads.js';
import { type Wire, linesOf } from '../sockets/wire.js';
import { type Admission, SHED_RETRY_SECONDS } from './admission.js';
import { wholeRequest } from './whole-request.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whoever asks how the server is must learn it most of all when it is not well. */
const NEVER = /^\/(health\/(live|ready)|metrics|stats)(\?|$)/;

/** Larger bodies are refused with 413. */
export const MAX_BODY_BYTES = 100_000;

const SAID = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'retry-after': String(SHED_RETRY_SECONDS),
};
const BODY = errorBody('UNAVAILABLE', 'The server has too much to do. Try again in a moment.');

const LINES = `${linesOf(Object.entries({ ...SAID, 'content-length': String(BODY.length) }).flat())}x-request-id: `;

/** @param idOf the id of a request that came with this one. */
export function withShedding(
  handle: Handle,
  admission: Admission,
  idOf: (given: string | undefined) => string,
): Handle {
  const isRefused = (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!admission.isFull) return false;
    admission.refused('shed');
    refuse(request, response, idOf(request.headers['x-request-id']?.toString()));
    return true;
  };
  return async (request, response) => {
    if (NEVER.test(request.url ?? '')) {
      await handle(request, response);
      return;
    }
    if (isRefused(request, response)) return;
    // What nobody reads of it: Node, which throws that away itself, does not where somebody has read some of it.
    response.once('finish', () => request.resume());
    await wholeRequest(request, MAX_BODY_BYTES);
    // Meanwhile others may have come, and whoever it was may have gone.
    if (request.socket.destroyed || isRefused(request, response)) return;
    const leave = admission.enter();
    const forget = whenGone(request.socket, leave);
    try {
      // Waits for a client to read, for ever if the client has gone.
      await handle(request, response);
    } finally {
      forget();
      leave();
    }
  };
}

/**
 * The same before Node's parser: of five times as many requests as can be answered, to parse those that are not would take what is left for the others.
 * @returns whether it was refused.
 */
export function sheddingOn(
  wire: Wire,
  admission: Admission,
  idOf: (given: string | undefined) => string,
): (request: Asked, socket: Socket) => boolean {
  return ({ headers }, socket) => {
    if (!admission.isFull) return false;
    admission.refused('shed');
    wire.send(socket, 503, `${LINES}${idOf(headers['x-request-id']?.toString())}\r\n`, BODY);
    return true;
  };
}

/** What is to be done when a connection closes. One listener for all its requests: they may be many, and Node tells only the first of their answers. */
const underway = new WeakMap<Socket, Set<() => void>>();

/** Calls `leave` when nobody is there any more, unless the function that is returned was called before. */
function whenGone(socket: Socket, leave: () => void): () => void {
  const leaves = underway.get(socket) ?? watch(socket);
  leaves.add(leave);
  return () => void leaves.delete(leave);
}

function watch(socket: Socket): Set<() => void> {
  const leaves = new Set<() => void>();
  underway.set(socket, leaves);
  socket.once('close', () => leaves.forEach((leave) => leave()));
  return leaves;
}

/** The connection stays if no more is to come than a request may have: whoever comes again would have to be let in anew, which costs more. */
function refuse(request: IncomingMessage, response: ServerResponse, id: string): void {
  const isShort =
    request.complete || request.method === 'GET' || Number(request.headers['content-length']) <= MAX_BODY_BYTES;
  response.writeHead(503, {
    ...SAID,
    'content-length': Buffer.byteLength(BODY),
    'x-request-id': id,
    // What the client still sends is not read.
    ...(!isShort && { connection: 'close' }),
  });
  response.end(BODY);
}
