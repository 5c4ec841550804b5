/** `/metrics`: Prometheus text, for those who may see it. */
import type { Plugin } from 'graphql-yoga';

export interface MetricsDoor {
  /** The page, and its media type. */
  text: () => Promise<string>;
  contentType: string;
  mayRead: (request: Request) => Promise<boolean>;
}

const PATH = '/metrics';
const REFUSED = 'Send METRICS_TOKEN, or the token of an admin, as "Authorization: Bearer <token>".\n';

export function useMetrics({ text, contentType, mayRead }: MetricsDoor): Plugin {
  return {
    async onRequest({ url, request, endResponse, fetchAPI }) {
      if (url.pathname !== PATH) return;
      const answer = (status: number, body: string | null, headers: Record<string, string>) =>
        endResponse(new fetchAPI.Response(body, { status, headers: { 'cache-control': 'no-store', ...headers } }));
      if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, null, { allow: 'GET, HEAD' });
      else if (await mayRead(request)) answer(200, await text(), { 'content-type': contentType });
      else answer(401, REFUSED, { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': 'Bearer' });
    },
  };
}
