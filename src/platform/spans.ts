/**
 * Spans: what was done for one request, from when until when. Who traces it gives the first one; whatever is done within finds it by itself, and costs next
 * to nothing where there is none. What a span is made of knows open-telemetry.ts alone.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Names of the semantic conventions of OpenTelemetry; never values that clients sent or the database has. */
export type Attributes = Readonly<Record<string, string | number>>;

/** `client`: another server does it. */
export type SpanKind = 'client' | 'internal';

export interface Span {
  child(kind: SpanKind, name: string, attributes: Attributes): Span;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** @param failure what went wrong, by a word: messages have values in them. */
  end(failure?: string): void;
}

const current = new AsyncLocalStorage<Span>();

/** Runs `run`; what it begins becomes a part of `span`. */
export const within = <T>(span: Span, run: () => T): T => current.run(span, run);

/** That of which what is begun now becomes a part. Null outside of any. */
export const currentSpan = (): Span | null => current.getStore() ?? null;

/** Null outside of any. */
export const beginSpan = (kind: SpanKind, describe: () => [name: string, attributes: Attributes]): Span | null =>
  currentSpan()?.child(kind, ...describe()) ?? null;

/** Ends with what it has begun, well or not. */
export function spanned<T>(span: Span | null, run: () => Promise<T>): Promise<T> {
  return span ? followed(span, run) : run();
}

async function followed<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    const value = await current.run(span, run);
    span.end();
    return value;
  } catch (error) {
    span.end(failureOf(error));
    throw error;
  }
}

/** The code of an error, or its class. */
export function failureOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && /^\w{1,40}$/.test(code)) return code;
  return error instanceof Error ? error.name : '_OTHER';
}
