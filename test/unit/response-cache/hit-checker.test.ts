import { expect, test } from 'vitest';
import { bodyOf } from '../../../src/cache/body.js';
import type { Entry } from '../../../src/cache/entry.js';
import { type CheckedHit, HitChecker, type Mismatch, type Verdict } from '../../../src/response-cache/hit-checker.js';
import { replayOf } from '../../../src/response-cache/replays.js';

const ENTRY: Entry = {
  key: 'key',
  epoch: 'epoch',
  snapshot: { xmin: 1, xmax: 1, running: [] },
  dependencies: [{ tag: 'Agent:1', columns: ['name'] }],
  createdAt: 0,
  lifetime: { maxAge: 60, staleWhileRevalidate: 0, staleIfError: 0 },
  note: null,
  body: bodyOf('stored'),
  bytes: 1,
};
const HIT: CheckedHit = { text: '{"query":"{ a }"}', authorization: 'Bearer token', entry: ENTRY };

function createChecker(answer: { body?: string; status?: number; cacheStatus?: string; share?: number } = {}) {
  const { body = 'stored', status = 200, cacheStatus = 'larder; fwd=request; stored', share = 1 } = answer;
  const state = { isValid: true, changesMeanwhile: false, now: 0, asked: [] as Request[] };
  const verdicts: Verdict[] = [];
  const mismatches: Mismatch[] = [];
  const checker = new HitChecker({
    share,
    fetch: async (request) => {
      state.asked.push(request);
      state.now += 5;
      return new Response(body, { status, headers: { 'cache-status': cacheStatus } });
    },
    poll: async () => {
      if (state.changesMeanwhile) state.isValid = false;
    },
    isValid: () => state.isValid,
    onVerdict: (verdict) => verdicts.push(verdict),
    onMismatch: (mismatch) => mismatches.push(mismatch),
    random: () => 0.5,
    monotonicMs: () => state.now,
  });
  return { checker, state, verdicts, mismatches };
}

test('it asks the same for the same viewer, and has it executed in any case', async () => {
  const { checker, state } = createChecker();
  expect(await checker.check(HIT)).toBe('same');
  const [request] = state.asked;
  expect(await request!.text()).toBe(HIT.text);
  expect(request!.headers.get('authorization')).toBe('Bearer token');
  expect(replayOf(request!)).toEqual({ fresh: true });
});

test('another answer is a mismatch while nothing is known against the entry, and is told by hashes', async () => {
  const { checker, mismatches } = createChecker({ body: 'true' });
  expect(await checker.check(HIT)).toBe('mismatch');
  expect(mismatches).toMatchObject([{ key: 'key', tags: ['Agent:1'] }]);
  expect(JSON.stringify(mismatches)).not.toMatch(/stored"|"true"/);
});

test('what is known of a write only after the ledger was read on explains another answer', async () => {
  const { checker, state, mismatches } = createChecker({ body: 'true' });
  state.changesMeanwhile = true;
  expect(await checker.check(HIT)).toBe('unknown');
  expect(mismatches).toEqual([]);
});

test('an execution that failed or could not be stored says nothing', async () => {
  expect(await createChecker({ body: 'true', status: 503 }).checker.check(HIT)).toBe('unknown');
  expect(await createChecker({ body: 'true', cacheStatus: 'larder; fwd=request' }).checker.check(HIT)).toBe('unknown');
});

test('one at a time, with a rest of forty-nine times as long, and only hits that are drawn', async () => {
  const undrawn = createChecker({ share: 0.4 });
  undrawn.checker.offer(HIT);
  expect(undrawn.state.asked).toEqual([]);

  const { checker, state, verdicts } = createChecker();
  checker.offer(HIT);
  checker.offer(HIT);
  await expect.poll(() => verdicts).toEqual(['same']);
  state.now = 249;
  checker.offer(HIT);
  expect(state.asked).toHaveLength(1);
  state.now = 255;
  checker.offer(HIT);
  expect(state.asked).toHaveLength(2);
});
