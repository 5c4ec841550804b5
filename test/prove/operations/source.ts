import type { GraphQLSchema } from 'graphql';
import type { Random } from '../../../src/data/seed/random.js';
import type { Rows } from '../data/rows.js';
import type { Coverage } from './coverage.js';
import type { Cursors } from './cursors.js';

/** What operations are made from. */
export interface Source {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  /** As they are now. */
  readonly rows: Rows;
  readonly cursors: Cursors;
  /** Fields that were answered seldom are asked for more often. */
  readonly coverage: Coverage;
}
