/** The leanest client that keeps its connections: what it costs, the servers do not get. */
import { Agent, request } from 'node:http';

export interface Reply {
  status: number;
  /** `X-Cache`; empty where there is none. */
  cache: string;
  age: string;
  /** `Cache-Status`, which says more. */
  why: string;
  body: string;
}

export interface HttpClient {
  /** A GraphQL request whose body is ready. Rejects with an error that has a `code` where there is no answer. */
  post(body: Buffer, token: string | null, timeoutMs: number, headers?: Record<string, string>): Promise<Reply>;
  close(): void;
}

export function createHttpClient(url: string, connections: number): HttpClient {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    post: (body, token, timeoutMs, extra = {}) =>
      new Promise((resolve, reject) => {
        const headers: Record<string, string | number> = {
          'content-type': 'application/json',
          'content-length': body.length,
          ...extra,
        };
        if (token !== null) headers.authorization = `Bearer ${token}`;
        const asked = request({ agent, hostname, port, method: 'POST', path: '/graphql', headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('aborted', () => reject(failure('ABORTED')));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              cache: textOf(response.headers['x-cache']),
              age: response.headers.age ?? '',
              why: textOf(response.headers['cache-status']),
              body: Buffer.concat(chunks).toString(),
            }),
          );
        });
        asked.setTimeout(timeoutMs, () => asked.destroy(failure('TIMEOUT')));
        asked.on('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

const textOf = (header: string | string[] | undefined): string =>
  Array.isArray(header) ? header.join() : (header ?? '');

const failure = (code: string): Error => Object.assign(new Error(code), { code });

export const bodyOf = (query: string, variables: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ query, variables }));

/** What went wrong with a request, in one word; null if nothing. */
export function failureOf({ status, body }: Reply): string | null {
  if (!body.includes('"errors":')) return status === 200 ? null : `status ${status}`;
  return /"code":"(\w+)"/.exec(body)?.[1] ?? 'an error without a code';
}

/** Whether anybody answers there. */
export const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/health/live`).then(
    ({ status }) => status === 200,
    () => false,
  );
