/** Why a server beside us gave nothing that can be used. Messages are shown to people: they hold no address and no key. */

/**
 * `away`: nobody is there, or only somebody who stands before it. `broken`: it says that something went wrong there. `silent`: no answer in time. `nonsense`: an
 * answer that is none. `busy`: later. `refused`: it will not, however often it is asked. `missing`: it has no such thing. `unsafe`: an address that nobody may make us ask.
 */
type UpstreamFault = 'away' | 'broken' | 'silent' | 'nonsense' | 'busy' | 'refused' | 'missing' | 'unsafe';

export class UpstreamError extends Error {
  override name = 'UpstreamError';
  /** It asked to be left alone for so long. Milliseconds. */
  readonly retryAfterMs: number;

  constructor(
    readonly fault: UpstreamFault,
    message: string,
    { retryAfterMs = 0, cause }: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Asking again may help. */
export const mayPass = (error: unknown): boolean =>
  isIllness(error) || (error instanceof UpstreamError && error.fault === 'busy');

/** It speaks of a server that is not well: what breakers count, but that of the IPFS gateway (ipfs-gateway.ts). */
export const isIllness = (error: unknown): boolean =>
  error instanceof UpstreamError && ['away', 'broken', 'silent', 'nonsense'].includes(error.fault);
