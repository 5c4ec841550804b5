/** Weakenings of the protocol as it was first written down: leases, acknowledgements, snapshots, the log and its pruning. */
import type { Weakening } from './weakening.js';

const CACHE = 'src/cache/cache.ts';
const INSTANCE = 'src/cache/instance.ts';
const KNOWLEDGE = 'src/cache/knowledge.ts';
const LEASE = 'src/cache/lease.ts';
const LEDGER = 'test/simulation/ledger.ts';
const SETTLEMENT = 'src/cache/settlement.ts';

export const FIRST_PROTOCOL: readonly Weakening[] = [
  {
    name: 'no fill check',
    why: 'A slow fill that a write has overtaken is stored.',
    patches: [{ file: CACHE, find: ' && knowledge.objectionTo(entry) === null', replace: '' }],
    seed: 2,
  },
  {
    name: 'answer without acknowledgements',
    why: 'Other instances show the old answer until they have read on.',
    patches: [
      {
        file: INSTANCE,
        find: "if (!this.#parts.isSole && consistency === 'strict')",
        replace: 'if (0 > 1)',
      },
    ],
    seed: 2,
  },
  {
    name: 'wait 50 ms at most',
    why: 'A paused instance goes on with a lease that is still running.',
    patches: [
      {
        file: SETTLEMENT,
        find: 'let deadline = clock.monotonicMs() + OUTLASTED_MS;',
        replace: 'let deadline = clock.monotonicMs() + 50;',
      },
      {
        file: SETTLEMENT,
        find: 'if (first === null && seen !== null) deadline = clock.monotonicMs() + OUTLASTED_MS;',
        replace: '',
      },
    ],
    seed: 2,
  },
  {
    name: 'lease counted from the reply',
    why: 'The reply of a beat may be late: what it did not see was committed long ago.',
    patches: [
      { file: INSTANCE, find: 'this.#lease.renew(moment)', replace: 'this.#lease.renew(this.#lease.moment())' },
    ],
    seed: 33,
  },
  {
    name: 'cursor on a sequence',
    why: 'A transaction that began early and committed late is never read.',
    patches: [{ file: LEDGER, find: '!isVisible(xid, from)', replace: 'xid >= from.xmax' }],
    seed: 2,
  },
  {
    name: 'members read before the commit',
    why: 'Who joined in between is not waited for, and has read the ledger before the commit.',
    patches: [
      {
        file: SETTLEMENT,
        find: 'this.#parts = parts;',
        replace:
          'this.#parts = parts; this.#before = within(parts.clock, D_MS, parts.ledger.members()).catch(() => null);',
      },
      {
        file: SETTLEMENT,
        find: 'return await within(clock, D_MS, ledger.members()).catch(() => null);',
        replace: 'void clock; void ledger; return await this.#before;',
      },
      {
        file: SETTLEMENT,
        find: 'readonly #parts: Parts;',
        replace: 'readonly #parts: Parts; readonly #before: Promise<Membership | null>;',
      },
    ],
    seed: 46,
  },
  {
    name: 'the remote tier is trusted',
    why: 'It holds what was true when it was written.',
    patches: [
      {
        file: CACHE,
        find: 'if (!this.#isValidNow(entry)) return null;',
        replace: '',
      },
    ],
    seed: 1,
  },
  {
    name: 'expel without comparing',
    why: 'Whoever has beaten since has a lease, and nobody waits for it any more.',
    patches: [
      {
        file: LEDGER,
        find: 'if (members.get(member)?.beat === beat) members.delete(member);',
        replace: 'void beat; members.delete(member);',
      },
    ],
    seed: 88,
  },
  {
    name: 'a hit without looking at the lease',
    why: 'An instance that is cut off goes on with what it holds.',
    patches: [{ file: CACHE, find: "if (!this.#parts.instance.isLive) return { kind: 'lapsed' };", replace: '' }],
    seed: 3,
  },
  {
    name: 'snapshot taken after the reads',
    why: 'A write between the two looks as if it had been read.',
    patches: [
      {
        file: CACHE,
        find: `const position = await instance.position().catch(() => null);
    const loaded = await load();`,
        replace: `const loaded = await load();
    const position = await instance.position().catch(() => null);`,
      },
    ],
    seed: 1,
  },
  {
    name: 'messages only, the log is not read',
    why: 'A message that is lost is never made good, and what nobody announced is never heard of.',
    patches: [
      {
        file: INSTANCE,
        find: 'hasNews = this.#apply(event, null) || hasNews;',
        replace: '',
      },
    ],
    seed: 1,
  },
  {
    name: 'no room for clocks that drift',
    why: 'A slow clock holds its lease longer than a fast one waits.',
    patches: [
      { file: LEASE, find: 'D_MS * (1 - RHO)', replace: 'D_MS' },
      { file: LEASE, find: 'D_MS * (1 + RHO)', replace: 'D_MS' },
    ],
    seed: 3789,
  },
  {
    name: 'a pruned log goes unnoticed',
    why: 'Events that were pruned before they were read are missed.',
    patches: [
      {
        file: KNOWLEDGE,
        find: 'this.#horizon = this.#horizon === Infinity ? xid : Math.max(this.#horizon, xid);',
        replace: 'if (this.#horizon !== Infinity) return; this.#horizon = xid;',
      },
    ],
    seed: 10,
  },
  {
    name: 'expulsion counted from the commit',
    why: 'A member that renewed its lease after the commit is expelled while it runs.',
    patches: [
      {
        file: SETTLEMENT,
        find: 'if (first === null && seen !== null) deadline = clock.monotonicMs() + OUTLASTED_MS;',
        replace: '',
      },
      {
        file: SETTLEMENT,
        find: '!this.#knows(member) && first?.members.some(({ id, beat }) => id === member.id && beat === member.beat)',
        replace: '!this.#knows(member) && first !== null',
      },
    ],
    seed: 5036,
  },
  {
    name: 'a flush forgets what was announced',
    why: 'What was acknowledged before the flush is not committed yet, so the log does not tell it again.',
    patches: [
      {
        file: KNOWLEDGE,
        find: 'this.#horizon = this.#horizon === Infinity ? xid : Math.max(this.#horizon, xid);',
        replace:
          'this.#horizon = this.#horizon === Infinity ? xid : Math.max(this.#horizon, xid); this.#byTag.clear();',
      },
    ],
    seed: 81,
  },
];
