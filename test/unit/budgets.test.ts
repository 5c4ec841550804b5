import { beforeEach, expect, test } from 'vitest';
import { type Account, type Balance, Budgets, type SharedCount } from '../../src/admission/budgets.js';

let now = 0;
const account: Account = { name: 'at:203.0.113.9', limit: 1_000 };
beforeEach(() => (now = 0));
const alone = () => new Budgets(null, () => now);

/** Counts as Redis does, until it is told to be away. */
class Count implements SharedCount {
  isAway = false;
  readonly spent = new Map<string, number>();

  take(name: string, fractions: number, limit: number): Promise<Balance | null> {
    if (this.isAway) return Promise.resolve(null);
    const spent = (this.spent.get(name) ?? 0) + fractions;
    if (spent <= limit) this.spent.set(name, spent);
    return Promise.resolve({ spent, leftMs: 30_000 });
  }
}

test('ten operations of a tenth of the budget are paid, and the eleventh when the minute is over', async () => {
  const budgets = alone();
  for (let i = 0; i < 10; i += 1) expect(await budgets.take(account, 100)).toBe(true);
  expect(await budgets.take(account, 100)).toBe(false);
  now = 59_999;
  expect(await budgets.take(account, 1)).toBe(false);
  now = 60_000;
  expect(await budgets.take(account, 100)).toBe(true);
});

test('what is refused is not paid: smaller operations still are', async () => {
  for (const budgets of [alone(), new Budgets(new Count(), () => now)]) {
    expect(await budgets.take(account, 900)).toBe(true);
    expect(await budgets.take(account, 200)).toBe(false);
    expect(await budgets.take(account, 100)).toBe(true);
    expect(budgets.balanceOf(account).spent).toBe(1_000);
  }
});

test('instances that count together pay for all of them', async () => {
  const count = new Count();
  const [one, other] = [new Budgets(count, () => now), new Budgets(count, () => now)];
  for (let i = 0; i < 5; i += 1)
    expect([await one.take(account, 100), await other.take(account, 100)]).toEqual([true, true]);
  expect([await one.take(account, 100), await other.take(account, 100)]).toEqual([false, false]);
});

test('hits are noted at once, told to the others later, and refused when nothing is left', async () => {
  const count = new Count();
  const [one, other] = [new Budgets(count, () => now), new Budgets(count, () => now)];
  for (let i = 0; i < 300; i += 1) expect(one.note(account, 1)).toBe(true);
  await one.settle();
  expect(count.spent.get(account.name)).toBe(300);
  expect(await other.take(account, 701)).toBe(false);
  expect(await other.take(account, 700)).toBe(true);
  await one.take(account, 1);
  expect(one.note(account, 1)).toBe(false);
});

test('while the others cannot be reached each counts alone, and what was noted is told when they can', async () => {
  const count = new Count();
  const budgets = new Budgets(count, () => now);
  count.isAway = true;
  expect(await budgets.take(account, 600)).toBe(true);
  expect(await budgets.take(account, 600)).toBe(false);
  await budgets.settle();
  count.isAway = false;
  await budgets.settle();
  expect(count.spent.get(account.name)).toBe(600);
});

test('nobody pays for another', async () => {
  const budgets = alone();
  expect(await budgets.take(account, 1_000)).toBe(true);
  expect(await budgets.take({ ...account, name: 'at:203.0.113.10' }, 1_000)).toBe(true);
});
