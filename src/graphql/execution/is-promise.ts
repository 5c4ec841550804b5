/** Whether a value is awaited. Of others nothing is read: most of them are texts and numbers, and there are many. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
