/** An answer that a CDN keeps for all says nothing of the one who happened to ask first: not what is left of their budget. */
import type { Plugin } from 'graphql-yoga';

const OF_ONE_CALLER = /^ratelimit(-|$)/;

/** After all that adds headers. Only where there is a CDN: there, what is not for it is not `public`. */
export const useAnswersForAll = (): Plugin => ({
  onResponse({ response: { headers } }) {
    if (!headers.get('cache-control')?.startsWith('public')) return;
    for (const name of [...headers.keys()]) if (OF_ONE_CALLER.test(name)) headers.delete(name);
  },
});
