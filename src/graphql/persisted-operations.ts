/**
 * Operations that clients name by the SHA-256 of their document (`extensions.persistedQuery`, version 1): those that are known beforehand, and, unless only
 * they may be asked, those that were sent in full before (automatic persisted queries): by the same viewer, or by any stranger.
 */
import { type APQStore, useAPQ } from '@graphql-yoga/plugin-apq';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { type DocumentStore, SentDocuments } from './sent-documents.js';
import type { TrustedDocuments } from './trusted-documents.js';

type OnParams = NonNullable<Plugin['onParams']>;
type Payload = Parameters<OnParams>[0];

/** Clients know it by this message, and send the document as well. */
const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { http: { status: 404 } } };
const ONLY_TRUSTED = {
  message:
    'This server answers the operations that it knows beforehand alone: send the hash of one (extensions.persistedQuery), and no document.',
  extensions: { http: { status: 400 } },
};

interface PersistedOperationsOptions {
  readonly trusted: TrustedDocuments;
  /** Anything else is refused. */
  readonly onlyTrusted: boolean;
  /** Whether the server has made the request itself, to ask again what it has let in before. */
  readonly isOurs: (request: Request) => boolean;
  /** A name for who sends this Authorization header; null for strangers, and for those that are not known yet. */
  readonly nameOf: (authorization: string | null) => string | null;
  /** Where a stranger asks from. */
  readonly addressOf: (serverContext: Readonly<Record<string, unknown>>) => string;
}

interface PersistedOperations {
  readonly plugin: Plugin;
  /** Whoever has sent it; null if it is not known, or not any more. */
  find(hash: string): { readonly text: string; readonly isTrusted: boolean } | null;
}

export function createPersistedOperations(options: PersistedOperationsOptions): PersistedOperations {
  const { trusted, onlyTrusted, isOurs, nameOf, addressOf } = options;
  const documents = new SentDocuments();
  const listed = usePersistedOperations({
    getPersistedOperation: (hash) => trusted.get(hash) ?? null,
    customErrors: { notFound: NOT_FOUND, keyNotFound: ONLY_TRUSTED, persistedQueryOnly: ONLY_TRUSTED },
  });
  const automatic = ({ request, context }: Payload): Plugin => {
    const viewer = nameOf(request.headers.get('authorization'));
    const store = viewer === null ? documents.ofStranger(addressOf(context)) : documents.ofViewer(viewer);
    return useAPQ({ store: beside(trusted, store) });
  };
  const plugin: Plugin = {
    async onParams(payload) {
      if (isOurs(payload.request) && typeof payload.params.query === 'string') return;
      if (onlyTrusted) {
        await listed.onParams!(withoutName(payload));
        return;
      }
      if (payload.params.extensions?.['persistedQuery'] === undefined) return;
      // What is no text must not be stored: the server refuses it, which looks at it later.
      const query: unknown = payload.params.query;
      if (query !== undefined && query !== null && typeof query !== 'string') return;
      await automatic(payload).onParams!(withoutName(payload));
    },
  };
  return {
    plugin,
    find(hash) {
      const known = trusted.get(hash);
      const text = known ?? documents.find(hash);
      return text === null ? null : { text, isTrusted: known !== undefined };
    },
  };
}

const beside = (trusted: TrustedDocuments, sent: DocumentStore): APQStore => ({
  get: (hash) => trusted.get(hash) ?? sent.get(hash),
  set: (hash, text) => sent.set(hash, text),
});

/** Who asked by name asks the same as who asked in full. Only who sends a document with its name for the first time is to be heard again. */
const withoutName = (payload: Payload): Payload => ({
  ...payload,
  setParams({ extensions, ...params }: GraphQLParams) {
    const others = Object.entries(extensions ?? {}).filter(([name]) => name !== 'persistedQuery');
    payload.setParams({ ...params, extensions: Object.fromEntries(others) });
  },
});
