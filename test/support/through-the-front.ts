/**
 * The same tests over a real connection, with the cache: what was answered is asked again until it comes from before the server, and must be the same. It
 * is what the project `front` runs the integration tests with.
 */
import { expect } from 'vitest';
import { type Listening, type Served, listen } from './listen.js';

export const isThroughTheFront = process.env.LARDER_TESTS_THROUGH === 'front';

/** Once to be stored, once to be learnt, once to be answered by the front, and once on the socket. */
const TIMES = 4;

export interface Front {
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** @param poll resolves when the cache knows of all that a test wrote past the API. */
export function createFront(served: Served, poll: () => Promise<void>): Front {
  let server: Promise<Listening> | null = null;
  return {
    async request(path, init) {
      const { url } = await (server ??= listen(served));
      await poll();
      const first = await fetch(url + path, init);
      if (!isStored(first)) return first;
      const text = await first.clone().text();
      let last = first;
      for (let time = 1; time < TIMES; time += 1) {
        last = await fetch(url + path, init);
        expect(await last.clone().text()).toBe(text);
        expect(last.status).toBe(first.status);
        expect(lasting(last.headers)).toEqual(lasting(first.headers));
      }
      return last;
    },
    async close() {
      await (await server)?.close();
    },
  };
}

/** What speaks of one answer, of its cost, or of the form in which it is sent. */
const OF_ONE_ANSWER =
  /^(age|cache-status|content-(encoding|length)|date|etag|ratelimit.*|transfer-encoding|x-cache|x-operation-cost|x-request-id)$/;

const lasting = (headers: Headers): [string, string][] =>
  [...headers].filter(([name]) => !OF_ONE_ANSWER.test(name)).sort(([one], [other]) => (one < other ? -1 : 1));

/** An answer that is explained speaks of one execution, and has no tag. */
const isStored = ({ headers, status }: Response): boolean =>
  status === 200 && headers.has('etag') && /hit|stored/.test(headers.get('cache-status') ?? '');
