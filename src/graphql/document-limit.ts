/** Documents that no client writes are refused while they are read: deeper ones would overflow the stack later. */
import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Ten times what the introspection of GraphiQL takes. */
const MAX_TOKENS = 2_000;

export const useDocumentLimit = (): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source: string) => parse(source, { maxTokens: MAX_TOKENS }));
  },
});
