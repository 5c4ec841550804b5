/** Weakenings of what was added since: joiners, the horizon, epochs, and that nothing outside PostgreSQL is believed. */
import type { Weakening } from './weakening.js';

const CACHE = 'src/cache/cache.ts';
const INSTANCE = 'src/cache/instance.ts';
const KNOWLEDGE = 'src/cache/knowledge.ts';
const LEDGER = 'test/simulation/ledger.ts';
const SETTLEMENT = 'src/cache/settlement.ts';

export const CORRECTIONS: readonly Weakening[] = [
  {
    name: 'a joiner takes any result',
    why: 'Who came after a write is answered by a flight that began before it.',
    patches: [
      {
        file: CACHE,
        find: 'async ({ entry }) => entry !== null && (await this.#isValidSoon(entry)),',
        replace: '() => true,',
      },
    ],
    seed: 2,
  },
  {
    name: 'a joiner takes what is private',
    why: "Somebody reads another one's response.",
    patches: [{ file: CACHE, find: 'answers === key;', replace: "answers !== undefined && key !== '';" }],
    seed: 11,
  },
  {
    name: 'snapshot shared with a fill that began before',
    why: 'What was written between its first read and the snapshot looks as if it had been read.',
    patches: [
      {
        file: CACHE,
        find: `const position = await instance.position().catch(() => null);
    const loaded = await load();`,
        replace: `const asked = instance.position().catch(() => null);
    const loaded = await load();
    const position = await asked;`,
      },
    ],
    seed: 171,
  },
  {
    name: 'events forgotten without a horizon',
    why: 'An old entry comes back when nothing is known against it any more.',
    patches: [
      {
        file: KNOWLEDGE,
        find: `if (xid <= this.#horizon) return;
    this.#horizon = xid;`,
        replace: 'if (xid <= this.#horizon) return;',
      },
    ],
    seed: 43,
  },
  {
    name: 'pruned above the floor',
    why: 'Who reads on from above the floor is told that nothing is missing.',
    patches: [
      {
        file: LEDGER,
        find: 'tables.events = tables.events.filter(({ xid }) => xid >= floor);',
        replace: 'tables.events = tables.events.filter(({ at }) => at > scheduler.now - keepMs);',
      },
    ],
    seed: 138,
  },
  {
    name: 'floor raised in another transaction',
    why: 'Between the two, events are missing that the floor says are there.',
    patches: [
      {
        file: LEDGER,
        find: 'tables.floor = Math.max(tables.floor, floor);',
        replace: 'link.later(200, () => (tables.floor = Math.max(tables.floor, floor)));',
      },
    ],
    seed: 169,
  },
  {
    name: 'first poll without a horizon',
    why: 'Entries of the remote tier that are older than the log are believed.',
    patches: [
      {
        file: KNOWLEDGE,
        find: 'this.#horizon = this.#horizon === Infinity ? xid : Math.max(this.#horizon, xid);',
        replace: 'this.#horizon = this.#horizon === Infinity ? 0 : Math.max(this.#horizon, xid);',
      },
    ],
    seed: 38,
  },
  {
    name: 'position of an older epoch as acknowledgement',
    why: 'Its transaction ids are given again: it shows writes that its member has not heard of.',
    patches: [
      {
        file: LEDGER,
        find: 'const position = known?.epoch === epoch ? known.snapshot : null;',
        replace: 'void epoch; const position = known?.snapshot ?? null;',
      },
    ],
    seed: 8506,
  },
  {
    name: 'a restored dump goes unnoticed',
    why: 'The row of the epoch comes back with the dump; members and positions with it say nothing of this database.',
    patches: [
      {
        file: LEDGER,
        find: 'return boot?.identity === postgres.identity ? boot : null;',
        replace: 'return boot;',
      },
      {
        file: 'test/simulation/writing.ts',
        find: "boot?.identity === postgres.identity ? boot.epoch : ''",
        replace: "boot ? boot.epoch : ''",
      },
    ],
    seed: 17,
  },
  {
    name: 'a young epoch answers at once',
    why: 'Members were cleared with the old epoch while their leases ran.',
    patches: [{ file: INSTANCE, find: ' + OUTLASTED_MS - epochAgeMs', replace: ' - epochAgeMs' }],
    seed: 114,
  },
  {
    name: 'absence under another epoch as acknowledgement',
    why: 'The table was cleared; the leases run on.',
    patches: [
      {
        file: SETTLEMENT,
        find: 'seen === null || seen.epoch !== this.#commit.epoch || epochSettledAt === null',
        replace: 'seen === null || epochSettledAt === null',
      },
    ],
    seed: 116,
  },
  {
    name: 'no seal',
    why: 'Whoever can write to Redis acknowledges in the name of others.',
    patches: [
      {
        file: 'src/cache/seal.ts',
        find: 'return timingSafeEqual(sealed.subarray(0, MAC_BYTES), this.#mac(purpose, content)) ? content : null;',
        replace: 'void timingSafeEqual; return content;',
      },
    ],
    seed: 32,
  },
  {
    name: 'an entry of another key is believed',
    why: 'A store that mixes up its answers shows one for another.',
    patches: [{ file: 'src/cache/entry-codec.ts', find: 'if (header.key !== key) return null;', replace: '' }],
    seed: 4,
  },
  {
    name: 'acknowledged before it is known',
    why: 'Between the two the old answer is still shown.',
    patches: [
      {
        file: INSTANCE,
        find: 'this.#learn(message, message.from);',
        replace: 'this.#parts.clock.after(5, () => void this.#learn(message, message.from));',
      },
    ],
    seed: 5,
  },
  {
    name: 'checked without checking',
    why: 'An entry passes because its number was moved on.',
    patches: [
      {
        file: KNOWLEDGE,
        find: 'const objection = this.#findChange(checked.entry, checked.checkedTo);',
        replace: 'const objection = null as Objection | null;',
      },
    ],
    seed: 1,
  },
  {
    name: 'a suspended machine keeps its lease',
    why: 'Its monotonic clock stood still, the others went on.',
    patches: [
      {
        file: 'src/cache/lease.ts',
        find: 'return this.#until === Infinity || Math.abs(this.#clock.wallMs() - now - this.#drift) < JUMP_MS;',
        replace: 'return true;',
      },
    ],
    seed: 9,
  },
  {
    name: 'own writes by messenger only',
    why: 'The instance that has written shows the old answer itself.',
    patches: [{ file: INSTANCE, find: 'await this.#takeNote(commit);', replace: '' }],
    seed: 2,
  },
  {
    name: 'memory outlives what was missed',
    why: 'Entries that were valid before the gap pass after it.',
    patches: [
      {
        file: KNOWLEDGE,
        find: `Math.max(this.#horizon, xid);
    this.#forgetEntries();`,
        replace: 'Math.max(this.#horizon, xid);',
      },
    ],
    seed: 10,
  },
  {
    name: 'changes of whole models are overlooked',
    why: 'A statement over very many rows names none of them.',
    patches: [
      {
        file: KNOWLEDGE,
        find: 'return this.#wholeTags === 0 ? null : this.#findWholeChange(dependencies, snapshot, checkedTo);',
        replace: 'return null;',
      },
    ],
    seed: 1,
  },
  {
    name: 'broken triggers are heeded by nobody',
    why: 'What is written unseen is never heard of.',
    patches: [
      {
        file: INSTANCE,
        find: 'if (beat.fault !== null) this.#lease.end();',
        replace: 'if (beat.epoch === null) return;',
      },
      {
        file: INSTANCE,
        find: 'if (fault !== null || this.#fault !== null) this.#parts.knowledge.missedBelow(snapshot.xmax);',
        replace: 'void snapshot;',
      },
      { file: LEDGER, find: 'if (!coversCapture) await distrust(stamp);', replace: 'void distrust;' },
    ],
    seed: 10,
  },
  {
    name: 'broken triggers are forgiven when they are mended',
    why: 'What is stored may lack what was written unseen.',
    patches: [
      {
        file: INSTANCE,
        find: 'if (fault !== null || this.#fault !== null) this.#parts.knowledge.missedBelow(snapshot.xmax);',
        replace: 'void snapshot;',
      },
      { file: LEDGER, find: 'tables.floor = Math.max(tables.floor, xmax);', replace: 'void xmax;' },
    ],
    seed: 10,
  },
  {
    name: 'triggers that were off between two beats go unnoticed',
    why: 'They are right again before anyone looks, and something was written unseen. Our own first form of it.',
    patches: [
      {
        file: LEDGER,
        find: 'coversCapture: capture.stamp === floorCapture',
        replace: 'coversCapture: floorCapture >= 0',
      },
      {
        file: LEDGER,
        find: 'return coversCapture && stamp === sound ? null',
        replace: 'return stamp !== undefined ? null',
      },
    ],
    seed: 213,
  },
  {
    name: 'what was stored while triggers were off is offered to newcomers',
    why: 'They are right again before anyone looks, and who joins then knows of no change. Our own second form of it.',
    patches: [
      {
        file: LEDGER,
        find: 'coversCapture: capture.stamp === floorCapture',
        replace: 'coversCapture: sound === null || capture.stamp === sound && floorCapture >= 0',
      },
    ],
    seed: 629,
  },
  {
    name: 'judged first, held later',
    why: 'What becomes known in between counts as checked.',
    patches: [
      {
        file: CACHE,
        find: 'if (!this.#isValidNow(entry)) return null;',
        replace: 'if (!this.#isValidNow(entry)) return null; await sleep(this.#parts.clock, 1);',
      },
    ],
    seed: 81,
  },
];
