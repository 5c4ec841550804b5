/** How much a server does, where it breaks, and what it still does when it is asked for far more. */
import type { Tally } from './tally.js';

export interface Ramp {
  /** Requests a second. */
  from: number;
  factor: number;
  steps: number;
  /** Asks at a rate for a while. */
  at: (rate: number) => Promise<Tally>;
  say: (line: string) => void;
}

export interface Summit {
  /** The rate at which right answers in time first fell short of what was asked; null if none of the steps was too much. */
  breaksAt: number | null;
  /** The most right answers in time, a second. */
  peak: number;
}

/** Below this share of what was asked, the server has broken. */
export const KEEPS_UP = 0.9;

export async function climb({ from, factor, steps, at, say }: Ramp): Promise<Summit> {
  let peak = 0;
  for (let step = 0; step < steps; step += 1) {
    const rate = Math.round(from * factor ** step);
    const { goodput, p95, errors } = await at(rate);
    say(`ramp: ${rate}/s asked, ${Math.round(goodput)}/s answered in time, p95 ${p95.toFixed(1)} ms, ${errors} errors`);
    peak = Math.max(peak, goodput);
    if (goodput < KEEPS_UP * rate) return { breaksAt: rate, peak };
  }
  return { breaksAt: null, peak };
}
