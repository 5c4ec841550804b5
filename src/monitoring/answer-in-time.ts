/** What `ask` comes to; null if it fails, or takes longer than `ms`. What comes later is ignored. */
export async function answerInTime<T>(ask: () => Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, ms, null).unref()));
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether it comes to anything in time. */
export const answersInTime = async (ask: () => Promise<unknown>, ms: number): Promise<boolean> =>
  (await answerInTime(() => ask().then(() => true), ms)) ?? false;
