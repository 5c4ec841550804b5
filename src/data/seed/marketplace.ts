/** All rows of a made-up marketplace, in an order in which they can be inserted, made as they are taken. */
import type { Batch } from '../insert-rows.js';
import { agents } from './agents.js';
import { collections } from './collections.js';
import { people } from './people.js';
import { type SeedOptions, createPlan } from './plan.js';
import { templates } from './templates.js';
import { workspaces } from './workspaces.js';

export function* marketplace(options: SeedOptions): Generator<Batch> {
  const plan = createPlan(options);
  yield* people(plan);
  yield* agents(plan);
  yield* workspaces(plan);
  yield* templates(plan);
  yield* collections(plan);
}
