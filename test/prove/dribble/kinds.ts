/** Clients that say what they want so slowly that they never have: one for each part of a request. */

const WHOLE = 'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: larder\r\n\r\n';
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: larder\r\nContent-Type: application/json\r\n';

export interface Kind {
  /** What it says at once. */
  begins: string;
  /** What it says after that, now and then, for ever. */
  goesOn: string;
}

export const KINDS = {
  nothing: { begins: '', goesOn: '' },
  'a request line': { begins: 'POST /gra', goesOn: 'a' },
  headers: { begins: `${HEAD}X-Slow: `, goesOn: 'a' },
  'a second request': { begins: `${WHOLE}POST /gra`, goesOn: 'a' },
  'a body': { begins: `${HEAD}Content-Length: 30000\r\n\r\n{"query":"`, goesOn: ' ' },
  'a body in chunks': { begins: `${HEAD}Transfer-Encoding: chunked\r\n\r\n9\r\n{"query":\r\n`, goesOn: '1\r\n \r\n' },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/** Those that a server gives no more time than for the head of a request. */
export const WITHOUT_HEAD: readonly KindName[] = ['nothing', 'a request line', 'headers', 'a second request'];
