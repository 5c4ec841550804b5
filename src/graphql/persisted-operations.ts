/**
 * Operations that clients name by the SHA-256 of their document (`extensions.persistedQuery`, version 1): those that are known beforehand, and, unless only
 * they may be asked, those that the same viewer has sent in full before (automatic persisted queries).
 */
import { type APQStore, useAPQ } from '@graphql-yoga/plugin-apq';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { TrustedDocuments } from './trusted-documents.js';

type OnParams = NonNullable<Plugin['onParams']>;
type Payload = Parameters<OnParams>[0];

/** Each has a store of their own, so that nobody can push out what others have sent. Strangers share one. */
const MAX_VIEWERS = 300;
const MAX_STORE_BYTES = 100_000;
const STRANGERS = '';

/** Clients know it by this message, and send the document as well. */
const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { http: { status: 404 } } };
const ONLY_TRUSTED = {
  message:
    'This server answers the operations that it knows beforehand alone: send the hash of one (extensions.persistedQuery), and no document.',
  extensions: { http: { status: 400 } },
};

export interface PersistedOperationsOptions {
  readonly trusted: TrustedDocuments;
  /** Anything else is refused. */
  readonly onlyTrusted: boolean;
  /** A name for who sends this Authorization header; null for strangers, and for those that are not known yet. */
  readonly nameOf: (authorization: string | null) => string | null;
}

export function usePersistedOperationsOf({ trusted, onlyTrusted, nameOf }: PersistedOperationsOptions): Plugin {
  const plugins = new LRUCache<string, Plugin>({ max: MAX_VIEWERS });
  const listed = usePersistedOperations({
    getPersistedOperation: (hash) => trusted.get(hash) ?? null,
    customErrors: { notFound: NOT_FOUND, keyNotFound: ONLY_TRUSTED, persistedQueryOnly: ONLY_TRUSTED },
  });
  const pluginFor = (viewer: string): Plugin => {
    const plugin = plugins.get(viewer) ?? useAPQ({ store: createStore(trusted) });
    plugins.set(viewer, plugin);
    return plugin;
  };
  return {
    async onParams(payload) {
      // What is no text must not be stored: the server refuses it, which looks at it later.
      const query: unknown = payload.params.query;
      if (!onlyTrusted && query !== undefined && query !== null && typeof query !== 'string') return;
      const viewer = nameOf(payload.request.headers.get('authorization')) ?? STRANGERS;
      const plugin: Plugin = onlyTrusted ? listed : pluginFor(viewer);
      await plugin.onParams!(withoutName(payload));
    },
  };
}

function createStore(trusted: TrustedDocuments): APQStore {
  const sent = new LRUCache<string, string>({
    maxSize: MAX_STORE_BYTES,
    sizeCalculation: (text, hash) => 2 * text.length + hash.length,
  });
  return {
    get: (hash) => trusted.get(hash) ?? sent.get(hash),
    set: (hash, text) => sent.set(hash, text),
  };
}

/** Who asked by name asks the same as who asked in full. Only who sends a document with its name for the first time is to be heard again. */
const withoutName = (payload: Payload): Payload => ({
  ...payload,
  setParams({ extensions, ...params }: GraphQLParams) {
    const others = Object.entries(extensions ?? {}).filter(([name]) => name !== 'persistedQuery');
    payload.setParams({ ...params, extensions: Object.fromEntries(others) });
  },
});
