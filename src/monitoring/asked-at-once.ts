/** One question for all who ask while it is under way: they have the same answer. */
export function askedAtOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let underway: Promise<T> | null = null;
  return () =>
    (underway ??= ask().finally(() => {
      underway = null;
    }));
}
