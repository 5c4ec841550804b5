/**
 * Random bad requests over real sockets: broken bodies, heads, variables, documents, chunks, requests cut off and sent in one go. None may end the server, come to a
 * 5xx or show anything of our inside.
 *
 *     tsx test/prove/fuzz.ts --cases 100000 --seed 1
 */
import { connect } from 'node:net';
import { Random } from '../../src/data/seed/random.js';
import { startApp } from '../support/app.js';
import { listen } from '../support/listen.js';
import { type CreateDatabase, type ProofOptions, asProof, createProgress } from './program.js';
import type { Verdict } from './verdict.js';

const CANARY = 'canary-5f2c9e';
const INSIDE = new RegExp(
  `${CANARY}|node_modules|originalError|\\bat .+:\\d+:\\d+|\\bSELECT\\b.+\\bFROM\\b|[Pp]risma|ECONN|/src/|/dist/`,
);
const AT_ONCE = 20;
const ANSWER_MS = 2_000;

const BYTES = [
  '\0',
  '"',
  '{',
  '}',
  '[',
  '\\',
  '\ud800',
  '💥',
  "' OR 1=1 --",
  "'; SELECT pg_sleep(60) --",
  '%00',
  '../../etc/passwd',
];
const VALUES = [
  'null',
  '{}',
  '[]',
  '1e999',
  '-0',
  '"x"',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '[[[[[]]]]]',
];
const DOCUMENTS = [
  '{ __typename }',
  'query ($x: String!) { search(text: $x) { __typename } }',
  'query ($x: ID!) { node(id: $x) { id } }',
  '{ agents(first: -1) { nodes { id } } }',
  '{ agents(after: "x") { totalCount } }',
  'mutation { createWalletNonce { nonce } }',
  'subscription { x }',
  '{ a(',
  'fragment F on Query { ...F } { ...F }',
  '{ __schema { types { name } } }',
];

export async function proveFuzz({ cases, seed }: ProofOptions, createDatabase: CreateDatabase): Promise<Verdict> {
  const app = await startApp({ place: await createDatabase(), env: { CACHE_ENGINE: 'larder' } });
  const server = await listen(app);
  const { port } = new URL(server.url);
  const random = new Random(seed, 'fuzz');
  const progress = createProgress('fuzz', cases);
  const statuses: Record<string, number> = {};
  const failures: object[] = [];
  const crashes: string[] = [];
  const onCrash = (error: unknown) => void crashes.push(String(error));
  process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash);
  try {
    for (let done = 0; done < cases && failures.length === 0; done += AT_ONCE) {
      const requests = Array.from({ length: AT_ONCE }, () => draw(random));
      const answers = await Promise.all(requests.map((request) => send(Number(port), request)));
      answers.forEach((answer, i) => {
        const found = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);
        for (const status of found) statuses[status] = (statuses[status] ?? 0) + 1;
        if (found.some((status) => status.startsWith('5')) || INSIDE.test(answer))
          failures.push({ request: requests[i], answer });
      });
      progress(done, JSON.stringify(statuses));
    }
    const lives = (await fetch(`${server.url}/health/live`)).status === 200;
    const ok = failures.length === 0 && crashes.length === 0 && lives;
    const result = `${cases.toLocaleString('en')} requests, ${crashes.length} crashes, ${failures.length > 0 ? 'a 5xx or a leak' : 'no 5xx, no leak'}`;
    return { ok, result, numbers: { cases, seed, statuses, crashes, failures } };
  } finally {
    process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash);
    await server.close();
    await app.close();
  }
}

function draw(random: Random): string {
  const one = () => drawOne(random);
  const text = random.chance(0.1) ? one() + one() + one() : one();
  // Cut off, with the client gone.
  return random.chance(0.1) ? text.slice(0, random.int(1, text.length)) : text;
}

function drawOne(random: Random): string {
  let body = random.chance(0.8)
    ? `{"query":${JSON.stringify(random.pick(DOCUMENTS))},"variables":${random.chance(0.5) ? `{"x":${random.pick(VALUES)},"s":"${CANARY}"}` : random.pick(VALUES)}}`
    : random.pick(VALUES);
  for (let times = random.int(0, 3); times > 0; times -= 1) {
    const at = random.int(0, body.length);
    body = body.slice(0, at) + random.pick(BYTES) + body.slice(at + random.int(0, 3));
  }
  const bytes = Buffer.byteLength(body);
  const method = random.pick(['POST', 'POST', 'POST', 'POST', 'GET', 'QUERY', 'HEAD', 'PUT', 'OPTIONS']);
  const path = random.pick([
    '/graphql',
    '/graphql',
    '/graphql',
    `/graphql?query=${encodeURIComponent(random.pick(DOCUMENTS))}`,
    '/graphql?variables=%7B',
    '//',
    '/%00',
    '/graphql/../x',
  ]);
  const length = random.pick([
    `Content-Length: ${bytes}`,
    `Content-Length: ${bytes}`,
    `Content-Length: ${bytes}`,
    'Transfer-Encoding: chunked',
  ]);
  const content = length.startsWith('T') ? `${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
  const heads = [
    'Host: larder',
    `Content-Type: ${random.pick(['application/json', 'application/json', 'application/json', 'text/plain', 'application/json; charset=utf-7', 'multipart/form-data; boundary=x'])}`,
    length,
    ...(random.chance(0.2) ? [`Authorization: Bearer ${random.pick([CANARY, 'x.y.z', 'a'.repeat(9_000)])}`] : []),
    ...(random.chance(0.2) ? [`If-None-Match: ${random.pick(['*', '"x"', CANARY])}`] : []),
    ...(random.chance(0.2) ? [`Cookie: ${CANARY}`, `X-Request-Id: ${random.pick([`<${CANARY}>`, 'x'])}`] : []),
    ...(random.chance(0.1) ? ['Content-Encoding: gzip'] : []),
    ...(random.chance(0.1) ? [`Accept: ${random.pick(['text/xml', '*/*', ';;;'])}`] : []),
  ];
  return `${method} ${path} HTTP/1.1\r\n${heads.join('\r\n')}\r\n\r\n${content}`;
}

/** All that comes back until nothing more does. */
function send(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_MS, end).on('error', end).on('close', end);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    // Half a close: what is answered is still read.
    socket.on('connect', () => socket.end(Buffer.from(request)));
  });
}

await asProof(import.meta.url, { ci: 3_000, release: 100_000 }, proveFuzz);
