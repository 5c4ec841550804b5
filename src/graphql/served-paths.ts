/**
 * What is asked for at a path that the server does not have ends here, before anybody looks at it. Yoga would take whatever address ends with /graphql for that of
 * the API; those who count, log, trace and shed would not.
 */
import type { Plugin } from 'graphql-yoga';

const API = '/graphql';
/** Of the server behind the front. The dashboard's are answered before. */
const PATHS: ReadonlySet<string> = new Set([API, '/health', '/health/live', '/health/ready', '/metrics']);

/** What came through Node has a target, as the client wrote it. */
interface Target {
  req?: { readonly url?: string | undefined };
}

export const useServedPaths = (): Plugin<object, Target> => ({
  onRequest({ url: { pathname }, serverContext, endResponse, fetchAPI }) {
    if (!PATHS.has(pathname) || !isWritten(pathname, serverContext))
      endResponse(new fetchAPI.Response(null, { status: 404 }));
  },
});

/** Whether a request is for the API, where alone its page can ask anything. */
export const isForApi = ({ url }: Request, target: Target | undefined): boolean =>
  new URL(url).pathname === API && isWritten(API, target);

/** Shedding and the front read targets as they are written: what only a URL makes a path of ours of (`/x/../graphql`, `/graphql#`) is none. */
function isWritten(path: string, target: Target | undefined): boolean {
  const written = target?.req?.url;
  return written === undefined || written === path || written.startsWith(`${path}?`);
}
