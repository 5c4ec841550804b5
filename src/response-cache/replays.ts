/** Requests that the server makes to itself, in the background: to fill what is missing, or to compare what is stored with what is true. */

interface Replay {
  /** Executes in any case, whoever asks. */
  readonly fresh: boolean;
}

const replays = new WeakMap<Request, Replay>();

export function markReplay(request: Request, replay: Replay): Request {
  replays.set(request, replay);
  return request;
}

/** Undefined for requests of clients. */
export const replayOf = (request: Request): Replay | undefined => replays.get(request);

export const isReplay = (request: Request): boolean => replays.has(request);

/** A request as it came to the front, made again. `text`: its body, a character for each byte, or its target. */
export function requestOf(text: string, authorization?: string): Request {
  const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
  if (text.startsWith('/')) return new Request(`${ORIGIN}${text}`, { headers });
  return new Request(`${ORIGIN}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: Buffer.from(text, 'latin1'),
  });
}

/** The text of a request that asks for this. */
export const textOf = (asked: object): string => Buffer.from(JSON.stringify(asked)).toString('latin1');

const ORIGIN = 'http://127.0.0.1';
