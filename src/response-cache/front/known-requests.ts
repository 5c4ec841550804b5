/** What requests ask, by their text: one that was answered before needs neither JSON nor GraphQL to be answered again. */
import { LRUCache } from 'lru-cache';
import { type Question, type Scope, operationKey } from '../operation-key.js';

/** What there is beside the texts of a request and of its variables. */
const REQUEST_BYTES = 1_000;
const PUBLIC: Scope = { kind: 'PUBLIC' };

export class KnownRequests {
  readonly #known: LRUCache<string, KnownRequest>;

  constructor(maxBytes: number) {
    this.#known = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }, text) => text.length + bytes,
    });
  }

  /** @param text a body that begins with a brace, or a target, which begins with a slash. */
  find(text: string): KnownRequest | null {
    return this.#known.get(text) ?? null;
  }

  /** Public ones by how often they were answered here since the last call, the most frequent first. */
  takePopular(max: number): { text: string; uses: number }[] {
    const used: { text: string; uses: number }[] = [];
    for (const [text, request] of this.#known.entries()) {
      if (request.uses > 0 && !request.isPrivate) used.push({ text, uses: request.uses });
      request.uses = 0;
    }
    return used.sort((a, b) => b.uses - a.uses).slice(0, max);
  }

  /** @param isPrivate whether the answer is the viewer's own. */
  remember(text: string, question: Question, isPrivate: boolean): void {
    if (this.#known.get(text)?.isPrivate === isPrivate) return;
    this.#known.delete(text);
    this.#known.set(text, new KnownRequest(question, isPrivate));
  }
}

export class KnownRequest {
  readonly isPrivate: boolean;
  /** How often it was answered. */
  uses = 0;
  readonly #question: Question;
  /** For everyone, if it is public; for strangers, if not. Most requests are never asked again, so it is made when it is wanted. */
  #commonKey: string | null = null;
  /** By the viewer as the verified token gave them, and for as long as it does. */
  #keys: WeakMap<object, string> | null = null;

  constructor(question: Question, isPrivate: boolean) {
    this.#question = question;
    this.isPrivate = isPrivate;
  }

  get name(): string | null {
    return this.#question.operationName;
  }

  /** Of the document. */
  get digest(): string {
    return this.#question.document;
  }

  get bytes(): number {
    return REQUEST_BYTES + 2 * this.#question.variables.length;
  }

  keyFor(viewer: object | null): string {
    if (!this.isPrivate || viewer === null)
      return (this.#commonKey ??= operationKey(
        this.#question,
        this.isPrivate ? { kind: 'PRIVATE', viewer: null } : PUBLIC,
      ));
    // Weak maps cost the garbage collector: only what is private has one.
    const keys = (this.#keys ??= new WeakMap());
    let key = keys.get(viewer);
    if (key === undefined) keys.set(viewer, (key = operationKey(this.#question, { kind: 'PRIVATE', viewer })));
    return key;
  }
}
