/** Tries the parts of an instance, one after the other, each within a time limit, and says what to do about those that are not well. */
import { answerInTime } from './answer-in-time.js';

export interface Trial {
  readonly name: string;
  /** Rejects if the part is not well; false says the same. */
  readonly run: () => Promise<boolean>;
  /** More is not well either. Milliseconds. */
  readonly limitMs: number;
  /** What to do then. */
  readonly advice: string;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly advice: string | null;
}

/** Resolves within the sum of all limits, whatever hangs. */
export async function runTrials(trials: readonly Trial[], monotonicMs: () => number): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, run, limitMs, advice } of trials) {
    const from = monotonicMs();
    const ok = (await answerInTime(run, limitMs)) ?? false;
    const ms = Math.round((monotonicMs() - from) * 100) / 100;
    checks.push({ name, ok, ms, advice: ok ? null : advice });
  }
  return checks;
}
