/** How an execution, or what is stored in its place, has answered those who wait for it. */
import type { Body } from './body.js';
import type { Entry } from './entry.js';

export interface Answer {
  body: Body;
  /** The key that it answers, for anybody who asks for it; null: only for whoever has executed. */
  answers: string | null;
  /** Null: nothing can be said of it later, so it is not stored. */
  entry: Entry | null;
  /** Null: somebody here has executed. */
  tier: 'remote' | null;
  isStored: boolean;
  isFailure: boolean;
}

export const answerOf = (entry: Entry, tier: Answer['tier']): Answer => ({
  body: entry.body,
  answers: entry.key,
  entry,
  tier,
  isStored: true,
  isFailure: false,
});
