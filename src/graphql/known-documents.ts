/** Documents that were parsed and found valid, and texts that are none: they need not be looked at again. Bounded in bytes. */
import { type DocumentNode, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { bytesOfDocument } from './document-bytes.js';

/** Some 1,400 queries as clients write them, or 30 that are as large as they may be. */
const MAX_BYTES = 32 * 1024 * 1024;
/** More than 2,000 tokens and 100 KB of text come to: one that is larger consists of comments. */
const MAX_DOCUMENT_BYTES = 1_250_000;

const MAX_ERROR_BYTES = 1024 * 1024;
/** Characters. Nobody sends the same large mistake again and again, but to have it kept. */
const MAX_WRONG_TEXT = 10_000;
/** With its stack, which says the message a second time. */
const ERROR_BYTES = 4_000;

/** As Yoga wants them. */
interface KnownDocuments {
  readonly caches: {
    readonly documentCache: {
      get(text: string): DocumentNode | undefined;
      set(text: string, document: DocumentNode): void;
    };
    readonly errorCache: { get(text: string): unknown; set(text: string, error: unknown): void };
  };
  readonly plugin: Plugin;
}

export function createKnownDocuments(): KnownDocuments {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_DOCUMENT_BYTES,
    sizeCalculation: bytesOfDocument,
  });
  const errors = new LRUCache<string, GraphQLError>({
    maxSize: MAX_ERROR_BYTES,
    sizeCalculation: ({ message }, text) => ERROR_BYTES + 2 * (text.length + 2 * message.length),
  });
  return {
    caches: {
      documentCache: documents,
      errorCache: {
        get: (text) => errors.get(text),
        set(text, error) {
          if (error instanceof GraphQLError && mayBeKept(error, text)) errors.set(text, error);
        },
      },
    },
    plugin: {
      // Its errors hang on it, with texts and stacks as long as it pleases whoever has sent it.
      onValidate:
        ({ params: { documentAST } }) =>
        ({ valid }) => {
          if (!valid) documents.delete((documentAST as DocumentNode).loc!.source.body);
        },
    },
  };
}

/** An error that names nodes holds the whole document. */
const mayBeKept = ({ nodes }: GraphQLError, text: string): boolean =>
  nodes === undefined && text.length <= MAX_WRONG_TEXT;
