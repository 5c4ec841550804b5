/** Requests that come without a usable address end here: the adapter behind would answer them with a stack trace. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorBody } from '../errors.js';
import type { NameRequest } from './request-id.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Lets through what the adapter can make a URL of. Targets in absolute form (RFC 9112, 3.2.2) become their path. */
export function withAddress(handle: Handle, name: NameRequest): Handle {
  const idOf = ({ headers }: IncomingMessage) => name(headers['x-request-id']?.toString());
  return async (request, response) => {
    const target = pathOf(request.url ?? '');
    if (!isHost(request.headers.host)) {
      refuse(response, idOf(request), 'The Host header names no host.');
    } else if (target === null) {
      refuse(response, idOf(request), 'The request target is neither a path nor an http address.');
    } else {
      request.url = target;
      await handle(request, response);
    }
  };
}

/** Host and port, and nothing that would move the path. Without one, the adapter takes the server's own address. */
const isHost = (host: string | undefined): boolean =>
  !host || (!/[\s/\\?#@]/.test(host) && URL.canParse(`http://${host}`));

function pathOf(target: string): string | null {
  if (target.startsWith('/')) return target;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null;
  // As it is written, like any other.
  const path = target.replace(/^https?:\/\/[^/\\?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

function refuse(response: ServerResponse, id: string, message: string): void {
  const body = errorBody('BAD_USER_INPUT', message);
  response.writeHead(400, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': id,
  });
  response.end(body);
}
