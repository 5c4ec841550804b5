import type { Clock } from './clock.js';

export class TimeLimitError extends Error {
  override name = 'TimeLimitError';
}

/** @throws TimeLimitError when `work` takes longer than `ms`; what it comes to later is ignored. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new TimeLimitError(`No answer within ${ms} ms.`)));
    work.then(resolve, reject).finally(cancel);
  });
}
