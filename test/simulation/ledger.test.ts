/** The simulated ledger keeps the contract of the real one, so that what is proved over it holds over that. */
import { ledgerContract, type LedgerStage } from '../contracts/ledger.js';
import type { Write } from './catalogue.js';
import { createRandom } from './random.js';
import { createScheduler } from './scheduler.js';
import { drawSwarm } from './swarm.js';
import { createTrace } from './trace.js';
import { createWorld } from './world.js';

const MAX_EVENTS = 10_000;
/** In the time of that world, which goes on only while something is awaited. */
const MOMENT_MS = 10_000;

ledgerContract('the simulator', async () => {
  const random = createRandom(1);
  const trace = createTrace(null);
  const scheduler = createScheduler(trace);
  const swarm = drawSwarm(random);
  Object.assign(swarm, { maxEvents: MAX_EVENTS });
  Object.assign(swarm.network, { slowShare: 0, lossOfReplies: 0 });
  const { postgres, ledgerOver, linkFrom } = createWorld(swarm, scheduler, random, trace);

  const begin: LedgerStage['begin'] = async (changes) => {
    const transaction = postgres.begin();
    const write: Write = { cells: [], changes };
    postgres.lock(transaction, [], () => undefined);
    postgres.write(transaction, write);
    return {
      xid: transaction.xid!,
      commit: () =>
        pass(
          new Promise((resolve) =>
            postgres.commit(
              transaction,
              () => undefined,
              () => resolve(undefined),
            ),
          ),
        ),
      rollBack: async () => postgres.rollback(transaction),
    };
  };

  /** Lets the world go on until then. */
  async function pass<T>(work: Promise<T>): Promise<T> {
    await scheduler.run(scheduler.now + MOMENT_MS);
    return await work;
  }

  const ledger = ledgerOver(linkFrom(null));
  return {
    ledger: {
      join: (member) => pass(ledger.join(member)),
      beat: (member, known) => pass(ledger.beat(member, known)),
      position: () => pass(ledger.position()),
      members: () => pass(ledger.members()),
      expel: (member, beat) => pass(ledger.expel(member, beat)),
      leave: (member) => pass(ledger.leave(member)),
      wake: () => pass(ledger.wake()),
      prune: (keepMs) => pass(ledger.prune(keepMs)),
    },
    async write(transactions) {
      const xids: number[] = [];
      for (const changes of transactions) {
        const transaction = await begin(changes);
        xids.push(transaction.xid);
        void transaction.commit();
      }
      await scheduler.run(scheduler.now + MOMENT_MS);
      return xids;
    },
    begin,
    async loseEpoch() {
      postgres.stop(true, 1);
      await scheduler.run(scheduler.now + MOMENT_MS);
    },
    close: async () => undefined,
  };
});
