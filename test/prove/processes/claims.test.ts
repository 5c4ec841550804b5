/** What `npm run prove` shows of real processes, at the size that each change can wait for. */
import { expect, test } from 'vitest';
import { aborts } from '../aborts.js';
import { chaos } from '../chaos.js';
import { chaosCanFail } from '../chaos-can-fail.js';
import { dribble } from '../dribble.js';
import { fuzz } from '../fuzz.js';
import { hitCost } from '../hit-cost.js';
import { invalidationCost } from '../invalidation-cost.js';
import { memoryOfAnEntry } from '../memory-of-an-entry.js';
import { mutationWait } from '../mutation-wait.js';
import { redisAway } from '../redis-away.js';
import { rollingInstances } from '../rolling-instances.js';
import { rollingRestarts } from '../rolling-restarts.js';
import { soak } from '../soak.js';
import { spending } from '../spending.js';
import { stampede } from '../stampede.js';
import { say } from '../verdict.js';

const CLAIMS = {
  'under faults of all kinds no answer is older than an acknowledged mutation': chaos,
  'a server that is broken on purpose is found out by the same faults': chaosCanFail,
  'a thousand equal misses execute once, on one instance and on four': stampede,
  'an invalidation costs the same with very many entries, and looks for none': invalidationCost,
  'a Redis that is killed or hangs costs nobody an answer, and next to no time': redisAway,
  "random bad requests end nothing, show nothing, and get into nobody else's way": fuzz,
  'nobody spends more on four instances at once than on one': spending,
  'clients who go away at any moment take nothing with them': aborts,
  'workers are replaced while clients read and write, and no request fails': rollingRestarts,
  'instances behind a balancer are stopped and started while clients read and write, and no request fails':
    rollingInstances,
  'clients who dribble cost the others nothing, and are cut off': dribble,
  'under a steady load nothing fails, and memory does not run away': soak,
  'an entry takes little more memory than its bytes': memoryOfAnEntry,
  'a hit costs the server little more than to read a request and to write bytes': hitCost,
  'a mutation waits for the other instances, and it is known how long': mutationWait,
};

test.each(Object.entries(CLAIMS))('%s', { timeout: 300_000 }, async (_claim, prove) => {
  const verdict = await prove({ size: 'ci', options: {} }, say);
  expect(verdict.ok, JSON.stringify(verdict, null, 2)).toBe(true);
});
