/* What a number of requests cost a server, and how long its clients waited. */
import autocannon from 'autocannon';
import { createHttpClient } from '../test/prove/fleet/http-client.ts';

const TIMEOUT_MS = 30_000;
/** How often autocannon looks whether it is done; by itself, once a second. */
const LOOK_MS = 50;

export async function ask(url, { method, headers, body, query }) {
  const address = query === undefined ? url : `${url}?query=${encodeURIComponent(query)}`;
  const response = await fetch(address, { method, headers: { 'accept-encoding': 'identity', ...headers }, body });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

/** All of them answer the same, so that their work is the same. */
export async function requireSame(servers, asked) {
  const answers = [];
  for (const { name, url } of servers) answers.push([name, JSON.parse((await ask(url, asked)).body).data]);
  const [[, first]] = answers;
  for (const [name, data] of answers)
    if (!data || JSON.stringify(data) !== JSON.stringify(first)) throw new Error(`${name} answers something else`);
}

/** The same request again and again, as fast as the server takes it; `cpu` in microseconds for one. */
export async function measure(server, { method, headers, body, query, anew }, { connections, amount, status }) {
  const url = query === undefined ? server.url : `${server.url}?query=${encodeURIComponent(query)}`;
  const requests = anew && [{ setupRequest: (request) => ({ ...request, body: anew() }) }];
  const before = server.cpuMicroseconds();
  const load = { url, connections, amount, method, headers, body, requests, sampleInt: LOOK_MS };
  const result = await autocannon(load);
  const cpu = (server.cpuMicroseconds() - before) / amount;
  const right = result.statusCodeStats[status]?.count ?? 0;
  if (right !== amount)
    throw new Error(`${amount - right} of ${amount} requests to ${server.name} were not answered with ${status}`);
  return { cpu, p50: result.latency.p50, p99: result.latency.p99, perSecond: amount / result.duration };
}

/**
 * Requests that differ, each `{ body, token }` as `next` makes it, and a look at each answer: `seen(reply, asked)`.
 * The time from one to the other is taken by the microsecond, which autocannon does not.
 */
export async function drive(server, { connections, amount, next, seen = () => undefined }) {
  const client = createHttpClient(server.url, connections);
  const waited = [];
  let left = amount;
  const work = async () => {
    while ((left -= 1) >= 0) {
      const asked = next();
      const sentAt = performance.now();
      const reply = await client.post(asked.body, asked.token ?? null, TIMEOUT_MS);
      waited.push(performance.now() - sentAt);
      if (reply.status !== 200) throw new Error(`${server.name} answered with ${reply.status}: ${reply.body}`);
      seen(reply, asked);
    }
  };
  const startedAt = performance.now();
  const before = server.cpuMicroseconds();
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } finally {
    client.close();
  }
  const cpu = (server.cpuMicroseconds() - before) / amount;
  const perSecond = (1_000 * amount) / (performance.now() - startedAt);
  return { cpu, p50: quantile(waited, 0.5), p99: quantile(waited, 0.99), perSecond };
}

export function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

export const median = (numbers) => quantile(numbers, 0.5);
