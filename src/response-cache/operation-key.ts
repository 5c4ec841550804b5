/** The key of an entry: what is asked, of which schema, and for whom. */
import { hash } from 'node:crypto';
import { canonicalValue } from './canonical-value.js';

/** For whom an answer is. */
export type Scope =
  | { readonly kind: 'PUBLIC' }
  /** `viewer`: all that a resolver can learn of who asks. Who loses a role does not find the answers that they had with it. */
  | { readonly kind: 'PRIVATE'; readonly viewer: object | null };

/** What is asked, whoever asks: texts alone, so that it can be kept for long without keeping a document alive. */
export interface Question {
  /** Stands for the schema with its lifetimes. */
  readonly schema: string;
  /** A digest of its normalised spelling. */
  readonly document: string;
  readonly operationName: string | null;
  /** The canonical value of the coerced variables, defaults included, in the order of their use. Those that were left out are undefined. */
  readonly variables: string;
  /** The language of the answer. */
  readonly locale: string;
}

const FOR_ALL = canonicalValue({ kind: 'PUBLIC' } satisfies Scope);

/** The key of the answer to a question, for those in `scope`. */
export function operationKey({ schema, document, operationName, variables, locale }: Question, scope: Scope): string {
  const forWhom = scope.kind === 'PUBLIC' ? FOR_ALL : canonicalValue(scope);
  return digest([schema, document, canonicalValue(operationName), variables, forWhom, locale]);
}

/** SHA-256 of texts, each with its length before it, so that no two lists run together to the same. */
export function digest(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  // As UTF-16: in UTF-8 all halves of characters would become the same. In one go, which takes a third of the time of a stream of parts.
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64url');
}
