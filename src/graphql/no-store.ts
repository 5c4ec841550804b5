/** What nobody says may be kept is not to be kept (RFC 9111, 5.2.2.5): not by browsers, nor by what stands between. */
import type { Plugin } from 'graphql-yoga';

/** @param value what says so: some caches between want to hear more. */
export const useNoStore = (value: string): Plugin => ({
  onResponse({ response: { headers } }) {
    if ((headers.get('cache-control') ?? NO_STORE) === NO_STORE) headers.set('cache-control', value);
  },
});

const NO_STORE = 'no-store';
