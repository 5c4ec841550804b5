/** What nobody says may be kept is not to be kept (RFC 9111, 5.2.2.5): not by browsers, nor by what stands between. */
import type { Plugin } from 'graphql-yoga';

export const useNoStore = (): Plugin => ({
  onResponse({ response }) {
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
  },
});
