import { beforeEach, expect, test } from 'vitest';
import { type Account, type Balance, Budgets, type SharedCount } from '../../src/admission/budgets.js';

let now = 0;
const account: Account = { name: 'at:203.0.113.9', limit: 1_000 };
const large: Account = { name: 'member:ada', limit: 100_000 };
beforeEach(() => (now = 0));
const alone = () => new Budgets(null, () => now);

/** Counts as Redis does, until it is told to be away. */
class Count implements SharedCount {
  isAway = false;
  asked = 0;
  readonly spent = new Map<string, number>();

  take(name: string, fractions: number, limit: number): Promise<Balance | null> {
    this.asked += 1;
    if (this.isAway) return Promise.resolve(null);
    const spent = (this.spent.get(name) ?? 0) + fractions;
    if (spent <= limit) this.spent.set(name, spent);
    return Promise.resolve({ spent, leftMs: 30_000 });
  }

  charge(name: string, fractions: number): Promise<Balance | null> {
    return this.take(name, fractions, Infinity);
  }
}

/** Does what is to be done soon when it is told to. */
class Soon {
  #works: (() => void)[] = [];
  readonly later = (work: () => void): void => void this.#works.push(work);

  async pass(): Promise<number> {
    const works = this.#works.splice(0);
    for (const work of works) work();
    await Promise.resolve();
    await Promise.resolve();
    return works.length;
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
  for (let i = 0; i < 200; i += 1) expect(one.note(large, 1)).toBe(true);
  await one.settle();
  expect(count.spent.get(large.name)).toBe(200);
  expect(await other.take(large, 99_801)).toBe(false);
  expect(await other.take(large, 99_800)).toBe(true);
  await one.take(large, 1);
  expect(one.note(large, 1)).toBe(false);
});

test('an instance gives away a five hundredth of a budget before it has told the others, and the rest by asking them', async () => {
  const soon = new Soon();
  const count = new Count();
  const budgets = new Budgets(count, () => now, soon.later);
  for (let i = 0; i < 200; i += 1) expect(budgets.note(large, 1)).toBe(true);
  expect(budgets.note(large, 1)).toBe(false);
  expect(await budgets.take(large, 1)).toBe(true);
  expect(count.spent.get(large.name)).toBe(201);
  expect(budgets.note(large, 1)).toBe(true);
});

test('what is noted is told once, when it is half of what may be untold: at an ordinary pace nobody has to ask', async () => {
  const soon = new Soon();
  const budgets = new Budgets(new Count(), () => now, soon.later);
  let told = 0;
  for (let i = 0; i < 1_000; i += 1) {
    expect(budgets.note(large, 1)).toBe(true);
    told += await soon.pass();
  }
  expect(told).toBe(10);
});

test('who cannot be paid by what is known here is asked for together with all who wait, and as many as can be are paid', async () => {
  const count = new Count();
  const budgets = new Budgets(count, () => now);
  await budgets.take(account, 970);
  const answers = await Promise.all(Array.from({ length: 100 }, () => budgets.takeTogether(account, 1)));
  expect(answers.filter(Boolean)).toHaveLength(30);
  expect(count.asked).toBeLessThan(6);
  expect(await budgets.takeTogether(account, 1)).toBe(false);
  now = 60_000;
  count.spent.clear();
  expect(await budgets.takeTogether(account, 1)).toBe(true);
});

test('what others have spent is learnt when what is left is less than what was noted', async () => {
  const count = new Count();
  const [one, other] = [new Budgets(count, () => now), new Budgets(count, () => now)];
  for (let i = 0; i < 200; i += 1) one.note(large, 1);
  await other.take(large, 99_900);
  await one.settle();
  expect(one.balanceOf(large).spent).toBe(100_000);
  expect(one.note(large, 1)).toBe(false);
  expect(await other.take(large, 1)).toBe(false);
});

test('what is being told counts as spent until it is answered', async () => {
  let answer!: (balance: Balance) => void;
  const shared: SharedCount = {
    take: () => new Promise((resolve) => (answer = resolve)),
    charge: () => new Promise((resolve) => (answer = resolve)),
  };
  const budgets = new Budgets(shared, () => now);
  budgets.charge(account, 1_000);
  const settled = budgets.settle();
  expect(budgets.balanceOf(account).spent).toBe(1_000);
  answer({ spent: 1_000, leftMs: 30_000 });
  await settled;
  expect(budgets.balanceOf(account).spent).toBe(1_000);
});

test('while the others cannot be reached each counts alone, and what was noted is told when they can', async () => {
  const count = new Count();
  const budgets = new Budgets(count, () => now);
  count.isAway = true;
  expect(await budgets.take(account, 600)).toBe(true);
  expect(await budgets.take(account, 600)).toBe(false);
  // Nobody is there to be told: nothing is untold for long.
  expect(budgets.note(account, 100)).toBe(true);
  await budgets.settle();
  count.isAway = false;
  await budgets.settle();
  expect(count.spent.get(account.name)).toBe(700);
});

test('what is being asked for counts as spent where each has to count alone meanwhile: not one more passes', async () => {
  const answers: ((balance: Balance | null) => void)[] = [];
  const shared: SharedCount = {
    take: () => new Promise((resolve) => answers.push(resolve)),
    charge: () => Promise.resolve(null),
  };
  const budgets = new Budgets(shared, () => now);
  const asked = budgets.take(account, 400);
  // Told in vain: from here on nobody is there to be asked.
  expect(budgets.note(account, 1)).toBe(true);
  await budgets.settle();
  expect(budgets.note(account, 600)).toBe(false);
  expect(budgets.note(account, 599)).toBe(true);
  answers[0]!({ spent: 400, leftMs: 30_000 });
  expect(await asked).toBe(true);
  expect(budgets.note(account, 1)).toBe(false);
});

test('what does not fit anyway is kept from nobody who counts alone meanwhile', async () => {
  const answers: (() => void)[] = [];
  const shared: SharedCount = {
    take: () => new Promise((resolve) => answers.push(() => resolve(null))),
    charge: () => Promise.resolve(null),
  };
  const budgets = new Budgets(shared, () => now);
  budgets.charge(account, 500);
  await budgets.settle();
  const [large, small] = [budgets.take(account, 600), budgets.take(account, 300)];
  expect(budgets.note(account, 200)).toBe(true);
  answers.forEach((answer) => answer());
  expect([await large, await small]).toEqual([false, true]);
});

test('nobody pays for another', async () => {
  const budgets = alone();
  expect(await budgets.take(account, 1_000)).toBe(true);
  expect(await budgets.take({ ...account, name: 'at:203.0.113.10' }, 1_000)).toBe(true);
});
