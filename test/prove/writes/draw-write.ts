/** A random write: by mutation, or past the API. */
import type { GraphQLSchema } from 'graphql';
import type { Scene } from './column-values.js';
import { drawSqlWrite } from './draw-sql-write.js';
import { INPUTS } from './mutation-inputs.js';
import type { Write } from './write.js';

const BY_MUTATION = 0.3;
/** Wallets whose keys the proofs have. */
export const SIGNING_WALLETS = 4;

/** They end entries that are right: after them there would be nothing to be found stale. */
const OPERATING = new Set([
  'invalidateCache',
  'flushCache',
  'warmCache',
  'resetCircuitBreakers',
  'resetStatistics',
  'runSelfTest',
]);

/** @throws for a mutation that nobody has said an input for. */
export function drawWrite(schema: GraphQLSchema, scene: Scene): Write {
  const { random } = scene;
  if (!random.chance(BY_MUTATION)) return drawSqlWrite(scene);
  const title = random.pick(Object.keys(schema.getMutationType()!.getFields()).filter((name) => !OPERATING.has(name)));
  if (title === 'linkWallet') {
    const user = random.pick(['ann', 'bob', 'cem', 'dana'] as const);
    return { kind: 'link', title, viewer: { user, role: 'USER' }, wallet: random.int(1, SIGNING_WALLETS) };
  }
  const input = INPUTS[title];
  if (!input)
    throw new Error(`The proofs do not know what to send to ${title}: add it to INPUTS in mutation-inputs.ts.`);
  return { kind: 'mutation', title, ...input(scene) };
}
