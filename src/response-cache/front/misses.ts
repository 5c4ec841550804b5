/** What no entry of memory answers, and the shortcut does: sent when it is there, or left to the server with what was found. */
import type { Answered } from '../answers.js';
import { type Caching, isPrivateOutcome } from '../http-caching.js';
import type { Question } from '../operation-key.js';
import type { Report } from '../report.js';
import type { Answering } from '../../sockets/connection.js';
import type { Handover } from './handover.js';
import type { FrontHit, HitParts } from './hits.js';
import type { Asked } from '../../sockets/known-heads.js';
import type { KnownHeaders } from './known-headers.js';
import { type Outgoing, outgoingOf } from './outgoing.js';
import type { Shortcut, Underway } from './shortcut.js';

/** A request that was answered here, by executing what it asks if need be. */
export interface FrontAnswer<W> extends Omit<FrontHit, 'operation' | 'entry'> {
  readonly report: Report;
  readonly question: Question;
  readonly work: W;
  /** Null: it was not executed. */
  readonly cost: number | null;
}

export interface MissParts<W> extends Pick<HitParts, 'recall' | 'requestId' | 'monotonicMs' | 'onFault'> {
  handover: Handover;
  shortcut: Pick<Shortcut<W>, 'take'>;
  caching: Caching;
  onAnswer: (answer: FrontAnswer<W>) => void;
}

interface Asking<To> {
  readonly request: Asked;
  readonly text: string;
  readonly startedAt: number;
  readonly to: To;
  readonly send: (to: To, outgoing: Outgoing) => void;
}

export class Misses<W> {
  readonly #parts: MissParts<W>;
  readonly #headers: KnownHeaders;
  readonly #begun = new WeakMap<object, Pick<Underway<W>, 'visit' | 'work'>>();

  constructor(parts: MissParts<W>, headers: KnownHeaders) {
    this.#parts = parts;
    this.#headers = headers;
  }

  /** @returns null: nothing has been done with it. */
  answer<To extends { destroy(): void }>(asking: Asking<To>): Promise<Answering> | null {
    const { request, text } = asking;
    const { recall, shortcut } = this.#parts;
    const viewer = recall(request.headers.authorization);
    const underway = viewer === undefined ? null : shortcut.take(request, text, viewer);
    return underway && this.#finish(asking, underway);
  }

  /** What was done for a request that was left to the server; null: nothing. */
  workOf(request: object): W | null {
    return this.#begun.get(request)?.work ?? null;
  }

  /** The cost of its execution, if that was paid; null if not. */
  paidFor(request: object): number | null {
    return this.#begun.get(request)?.visit.cost ?? null;
  }

  async #finish<To extends { destroy(): void }>(asking: Asking<To>, underway: Underway<W>): Promise<Answering> {
    const { handover, onFault } = this.#parts;
    const leave = (request: object, found: Answered | null): void => {
      handover.leave(request, found);
      this.#begun.set(request, underway);
    };
    let found: Answered;
    try {
      found = await underway.answered;
    } catch {
      return (request) => leave(request, null);
    }
    try {
      const isSent = this.#send(asking, found, underway);
      // Most of what is asked once is never asked again. Of what the server answers more is learnt if it is known.
      if (!isSent || isOfMemory(found)) handover.remember(asking.text, found);
      return isSent ? null : (request) => leave(request, found);
    } catch (error) {
      onFault(error);
      // Nobody knows what of the answer is out.
      asking.to.destroy();
      return null;
    }
  }

  /** @returns false if it is not for us to send. */
  #send<To>(asking: Asking<To>, { report, question }: Answered, { viewer, visit, work }: Underway<W>): boolean {
    const { request, text, startedAt, to, send } = asking;
    const { requestId, caching, monotonicMs, onAnswer } = this.#parts;
    if (question === null || report.kind !== 'answered' || report.outcome.entry === null) return false;
    const dress = this.#headers.find(request, isPrivateOutcome(report.outcome));
    if (dress === null) return false;
    const told = visit.headers();
    if (told === null) return false;
    const id = requestId(request.headers['x-request-id'] as string | undefined);
    const outgoing = outgoingOf(request, { report, outcome: report.outcome, dress, id, told, caching });
    send(to, outgoing);
    const durationMs = monotonicMs() - startedAt;
    onAnswer({
      requestId: id,
      text,
      authorization: request.headers.authorization,
      question,
      viewer,
      httpStatus: outgoing.status,
      durationMs,
      report,
      work,
      cost: visit.cost,
    });
    return true;
  }
}

const isOfMemory = ({ report }: Answered): boolean => report.kind === 'answered' && report.outcome.tier === 'memory';
