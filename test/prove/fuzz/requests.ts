/** What goes over one connection: requests that are right, whose answers are known, and beside these ones that are wrong somewhere. */
import type { Random } from '../../../src/data/seed/random.js';
import { drawDocument } from './documents.js';
import type { Sent } from './exchange.js';

/** Stands in what clients send in confidence, and must stand nowhere else. (Of a value that is wrong its error may speak.) */
export const CANARY = 'canary-5f2c9e';

/** Agents that there are, each with a name of its own: an answer to another request is seen to be one. */
export const AGENTS = ['one', 'two', 'three'] as const;
export const nameOf = (slug: string): string => `the agent called ${slug}`;

export interface Request {
  method: string;
  text: string;
  /** What it is to be answered with; null if that may be anything fit for strangers. */
  body: string | null;
}

export interface Case {
  /** Those that are whole, whatever they say: each gets an answer, unless the connection ended before. */
  requests: readonly Request[];
  /** What is no request comes after them, and may end the connection before they are answered. */
  mayEnd: boolean;
  sent: Sent;
}

const BYTES = [
  ...['\0', '"', '{', '}', '[', '\\', '\ud800', '💥', '\r\n', '\r\n\r\n', '\x7f', ' '],
  ...["' OR 1=1 --", "'; SELECT pg_sleep(60) --", '%00', '../../etc/passwd', '${7*7}', '<script>'],
];
const NAMES = ['x', 's', '__proto__', 'constructor', 'toString', 'then', 'length', 'agentId', ''];
const VALUES = [
  ...['null', '{}', '[]', '1e999', '-0', '9007199254740993', '"x"', '"one"', 'true', '[[[[[]]]]]'],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"x":1}}}', '"\\u0000"', '"\\ud800"'],
];
/** What a client could still be waiting for, after something that is no request. */
const GRACE_MS = 10;

export function drawCase(random: Random): Case {
  const before = Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, () => right(random));
  const wrong = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => drawRequest(random));
  const after = random.chance(0.2) ? [right(random)] : [];
  const whole = [...before, ...wrong, ...after];
  const rest = random.chance(0.25) ? drawRest(random) : '';
  const requests = rest === '' ? whole : whole.slice(0, -1);
  const texts = [...requests.map(({ text }) => text), rest].map(latin1);
  const mayEnd = rest !== '';
  return {
    requests,
    mayEnd,
    sent: {
      pieces: pieces(random, texts),
      methods: requests.map(({ method }) => method),
      graceMs: mayEnd ? GRACE_MS : 0,
    },
  };
}

/** No request as a whole, or one whose end nobody knows. Nothing comes after it. */
function drawRest(random: Random): string {
  const { text } = random.chance(0.3) ? right(random) : drawRequest(random);
  return random.chance(0.5) ? text.slice(0, random.int(1, text.length)) : withOddBytes(random, text);
}

/** From the second time on the same head as before, and a hit. */
function right(random: Random): Request {
  const slug = random.pick(AGENTS);
  const body = JSON.stringify({ query: `{ agent(slug: "${slug}") { name } }` });
  return {
    method: 'POST',
    text: `POST /graphql HTTP/1.1\r\nHost: larder\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    body: JSON.stringify({ data: { agent: { name: nameOf(slug) } } }),
  };
}

function drawRequest(random: Random): Request {
  const body = drawBody(random);
  const bytes = Buffer.byteLength(body);
  const method = random.pick(['POST', 'POST', 'POST', 'POST', 'GET', 'QUERY', 'HEAD', 'PUT', 'OPTIONS']);
  const isChunked = random.chance(0.2);
  const heads = [
    'Host: larder',
    `Content-Type: ${random.pick([...TYPES])}`,
    isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`,
    ...drawHeaders(random),
  ];
  const content =
    isChunked && bytes > 0 ? `${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n` : isChunked ? '0\r\n\r\n' : body;
  return {
    method,
    text: `${method} ${drawTarget(random)} HTTP/1.1\r\n${heads.join('\r\n')}\r\n\r\n${content}`,
    body: null,
  };
}

const JSON_TYPE = 'application/json';
const TYPES = [
  ...[JSON_TYPE, JSON_TYPE, JSON_TYPE, JSON_TYPE, `${JSON_TYPE}; charset=utf-8`, `${JSON_TYPE}; charset=utf-7`],
  ...['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', ';'],
];

function drawBody(random: Random): string {
  if (random.chance(0.1)) return drawJson(random, 0);
  const parts = [`"query":${JSON.stringify(drawDocument(random))}`];
  if (random.chance(0.6)) parts.push(`"variables":{"x":${drawJson(random, 0)},"s":"${CANARY}"}`);
  else if (random.chance(0.3)) parts.push(`"variables":${drawJson(random, 0)}`);
  if (random.chance(0.1)) parts.push(`"operationName":${drawJson(random, 3)}`);
  if (random.chance(0.1)) parts.push(`"extensions":{"persistedQuery":${drawJson(random, 1)}}`);
  if (random.chance(0.05)) parts.push(`"${random.pick(NAMES)}":${drawJson(random, 2)}`);
  const body = `{${parts.join()}}`;
  return random.chance(0.3) ? withOddBytes(random, body) : body;
}

function drawJson(random: Random, depth: number): string {
  if (depth > 3 || random.chance(0.5)) return random.pick(VALUES);
  if (depth === 0 && random.chance(0.02)) return nested(random.pick([40, 60, 20_000]));
  const inner = () => drawJson(random, depth + 1);
  if (random.chance(0.4)) return `[${Array.from({ length: random.int(0, 3) }, inner).join()}]`;
  return `{${Array.from({ length: random.int(0, 3) }, () => `"${random.pick(NAMES)}":${inner()}`).join()}}`;
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

function drawTarget(random: Random): string {
  // Shorter than a head may be: one that is too long ends the connection, whatever came before it.
  const query = encodeURIComponent(drawDocument(random)).slice(0, 3_000);
  return random.pick([
    ...[
      '/graphql',
      '/graphql',
      '/graphql',
      '/graphql',
      '/graphql',
      `/graphql?query=${query}`,
      `/graphql?query=${query}`,
    ],
    ...['/graphql?variables=%7B', `/graphql?query=${query}&variables=%7B%22x%22%3A1%7D`, '//', '/%00', '/graphql/../x'],
    ...['/graphql/', '/x/graphql', '/x/../graphql', '/stats/graphql', `/x?query=${query}&z=/graphql`],
    ...['/graphql?query=%ff', '/dashboard', '/metrics', '/stats', `/${CANARY}`, '*', 'http://elsewhere/graphql'],
  ]);
}

function drawHeaders(random: Random): string[] {
  const some = (chance: number, ...headers: string[]) => (random.chance(chance) ? headers : []);
  return [
    ...some(
      0.2,
      `Authorization: ${random.pick(['Bearer x.y.z', `Bearer ${CANARY}`, `Bearer ${'a'.repeat(9_000)}`, 'Basic x'])}`,
    ),
    ...some(0.2, `If-None-Match: ${random.pick(['*', '"x"', CANARY, 'W/"', '"'.repeat(500)])}`),
    ...some(0.2, `Cookie: ${CANARY}`, `X-Request-Id: ${random.pick([`<${CANARY}>`, 'x', 'é', 'x'.repeat(300)])}`),
    ...some(0.1, `Content-Encoding: ${random.pick(['gzip', 'br', 'identity', 'x'])}`),
    ...some(
      0.1,
      `Accept: ${random.pick(['text/xml', '*/*', ';;;', 'application/graphql-response+json', 'x'.repeat(2_000)])}`,
    ),
    ...some(0.1, `Accept-Encoding: ${random.pick(['br', 'gzip;q=2', 'zstd, br', ',,,'])}`),
    ...some(0.05, 'Origin: null', 'Sec-Fetch-Mode: no-cors'),
    ...some(0.05, 'X-Cache-Explain: 1'),
    ...some(0.05, `X-Forwarded-For: ${random.pick(['::1', CANARY, ','.repeat(200)])}`),
    ...some(0.03, 'Expect: 100-continue'),
    ...some(0.03, `traceparent: ${random.pick(['00-0-0-0', CANARY])}`),
  ];
}

function withOddBytes(random: Random, text: string): string {
  let changed = text;
  for (let left = random.int(1, 3); left > 0; left -= 1) {
    const at = random.int(0, changed.length);
    changed = changed.slice(0, at) + random.pick(BYTES) + changed.slice(at + random.int(0, 3));
  }
  return changed;
}

/** As UTF-8, a character for each byte: so that it can be cut anywhere. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Cut where a request ends, and anywhere else: what comes in one piece is read otherwise than what does not. */
function pieces(random: Random, texts: readonly string[]): string[] {
  const text = texts.join('');
  if (random.chance(0.4)) return [text];
  const ends = texts.map((_, index) => texts.slice(0, index + 1).join('').length);
  const cuts = Array.from({ length: random.int(1, 3) }, () =>
    random.chance(0.6) ? random.pick(ends) : random.int(0, text.length),
  ).sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => text.slice(from, cuts[index] ?? text.length)).filter(Boolean);
}
