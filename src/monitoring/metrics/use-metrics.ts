/** `/metrics`: Prometheus text, for those who may see it. */
import type { Plugin } from 'graphql-yoga';

interface MetricsDoor {
  /** The page, and its media type. */
  text: () => Promise<string>;
  contentType: string;
  /** Null: that cannot be told now. */
  mayRead: (request: Request) => Promise<boolean | null>;
}

const PATH = '/metrics';
const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };
const RETRY_AFTER_SECONDS = '5';
const UNKNOWN = 'The keys that tokens are verified with cannot be fetched now. Try again in a moment.\n';
const REFUSED = 'Send METRICS_TOKEN, or the token of an admin, as "Authorization: Bearer <token>".\n';

export function useMetrics({ text, contentType, mayRead }: MetricsDoor): Plugin {
  return {
    async onRequest({ url, request, endResponse, fetchAPI }) {
      if (url.pathname !== PATH) return;
      const answer = (status: number, body: string | null, headers: Record<string, string>) =>
        endResponse(new fetchAPI.Response(body, { status, headers: { 'cache-control': 'no-store', ...headers } }));
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        answer(405, null, { allow: 'GET, HEAD' });
        return;
      }
      const isWelcome = await mayRead(request);
      if (isWelcome) answer(200, await text(), { 'content-type': contentType });
      else if (isWelcome === null) answer(503, UNKNOWN, { ...PLAIN, 'retry-after': RETRY_AFTER_SECONDS });
      else answer(401, REFUSED, { ...PLAIN, 'www-authenticate': 'Bearer' });
    },
  };
}
