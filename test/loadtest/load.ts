/**
 * Sends requests at a rate, whether or not answers come: clients do not wait for each other. What is late is counted from when it was due, so a server
 * that stops for a second is seen to (a closed loop would only ask less, and call it fast).
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Outcome, type Tally, tallyOf } from './tally.js';

export interface Asked {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
}

export interface Load {
  url: string;
  connections: number;
  /** Requests a second. */
  rate: number;
  seconds: number;
  /** The requests to send, by turns. */
  asked: readonly Asked[];
}

const TIMEOUT_MS = 10_000;
/** More than this unanswered, and further ones count as not answered at once: whoever sends them has memory, too. */
const MAX_OPEN = 4_000;

export async function load({ url, connections, rate, seconds, asked }: Load): Promise<Tally> {
  const pool = poolOf(url, connections);
  const outcomes: Outcome[] = [];
  const open = new Set<Promise<void>>();
  const amount = Math.round(rate * seconds);
  const start = performance.now();
  try {
    for (let sent = 0; sent < amount;) {
      const due = Math.min(amount, Math.ceil(((performance.now() - start) / 1_000) * rate));
      for (; sent < due; sent += 1) {
        const dueAt = start + (sent / rate) * 1_000;
        if (open.size >= MAX_OPEN) {
          outcomes.push({ status: 0, isHit: false, isError: true, ms: TIMEOUT_MS });
          continue;
        }
        const one = ask(pool, asked[sent % asked.length]!, dueAt).then((outcome) => {
          outcomes.push(outcome);
          open.delete(one);
        });
        open.add(one);
      }
      await wait(1);
    }
    await Promise.all(open);
    return tallyOf(outcomes, seconds);
  } finally {
    await pool.destroy();
  }
}

/** Each once, all at the same time. */
export async function burst(url: string, asked: readonly Asked[]): Promise<Tally> {
  const pool = poolOf(url, asked.length);
  const start = performance.now();
  try {
    const outcomes = await Promise.all(asked.map((one) => ask(pool, one, start)));
    return tallyOf(outcomes, (performance.now() - start) / 1_000);
  } finally {
    await pool.destroy();
  }
}

const poolOf = (url: string, connections: number): Pool =>
  new Pool(url, { connections, pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });

/** Never rejects. */
async function ask(pool: Pool, { method, path, body }: Asked, dueAt: number): Promise<Outcome> {
  try {
    const {
      statusCode,
      headers,
      body: answer,
    } = await pool.request({
      method,
      path,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: body ?? null,
    });
    const text = await answer.text();
    return {
      status: statusCode,
      isHit: headers['x-cache'] === 'HIT',
      isError: statusCode !== 200 || text.includes('"errors":'),
      ms: performance.now() - dueAt,
    };
  } catch {
    return { status: 0, isHit: false, isError: true, ms: performance.now() - dueAt };
  }
}
