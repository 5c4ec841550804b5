/** The property that everything rests on: an answer that a write changed depends on something that the write changed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/data/seed/random.js';
import { type TestApp, startApp } from '../support/app.js';
import { type Model, allModels } from '../../src/tracking/models.js';
import { SMALL_MARKETPLACE } from '../prove/data/small-marketplace.js';
import { type Asked, type Verdict, judge } from '../support/tracking/noticing.js';
import { RandomLoads } from '../support/tracking/random-load.js';
import { RandomReads, runRead } from '../support/tracking/random-read.js';
import { drawWrite } from '../support/tracking/random-write.js';
import { type Rows, readRows, rowsOf } from '../support/tracking/rows.js';

const SEED = process.env.SEED ?? '1';
const CASES = Number(process.env.CASES ?? 1_000);
const AT_ONCE = 10;
/** Then the marketplace is made anew: rows that are gone cannot be asked about. */
const WRITES_PER_LIFE = 30;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

async function makeAnew(): Promise<Rows> {
  for (const statement of SMALL_MARKETPLACE) await app.prisma.$executeRawUnsafe(statement);
  return await readRows(app.prisma);
}

/** One that a constraint does not refuse, to that table if it takes any. */
async function writeTo(near: Model, random: Random, rows: Rows): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const statement = drawWrite(random, rows, attempt < 10 ? near : random.pick(writable(rows)));
    const isDone = await app.prisma.$executeRawUnsafe(statement).then(
      () => true,
      () => false,
    );
    if (isDone) return statement;
  }
}

const writable = (rows: Rows) => allModels.filter((model) => rowsOf(rows, model).length > 0);

async function prove(
  name: string,
  questionAbout: (random: Random, rows: Rows, near: Model) => Asked,
): Promise<Verdict> {
  const total: Verdict = { changed: 0, met: 0, missed: [] };
  const random = new Random(SEED, name);
  let rows = await makeAnew();
  for (let done = 0, writes = 0; done < CASES; done += AT_ONCE, writes += 1) {
    if (writes % WRITES_PER_LIFE === 0) rows = await makeAnew();
    const near = random.pick(writable(rows));
    const questions = Array.from({ length: AT_ONCE }, () => questionAbout(random, rows, near));
    const { changed, met, missed } = await judge(app.prisma, questions, () => writeTo(near, random, rows));
    expect(missed, `seed ${SEED}`).toEqual([]);
    total.changed += changed;
    total.met += met;
    rows = await readRows(app.prisma);
  }
  console.log(
    `${name}: ${CASES} cases, seed ${SEED}: ${total.changed} answers changed, ${total.met} were said to depend on what was written`,
  );
  return total;
}

test(
  'whatever a write changes in an answer to Prisma is among what the answer depends on',
  { timeout: 600_000 },
  async () => {
    const fields = app.prisma as unknown as Record<string, { fields: Record<string, unknown> }>;
    const fieldOf = (model: string, column: string) =>
      fields[model.charAt(0).toLowerCase() + model.slice(1)]!.fields[column];
    const { changed, met } = await prove('Prisma', (random, rows, near) => {
      const read = new RandomReads(random, rows, fieldOf).draw(near);
      return { title: JSON.stringify(read), ask: (db) => runRead(db.prisma, read) };
    });
    // Else nothing was tried: random writes must change some of the answers.
    expect(changed).toBeGreaterThan(CASES / 20);
    expect(met).toBeGreaterThanOrEqual(changed);
  },
);

test(
  'whatever a write changes in what a loader or a list gives is among what it depends on',
  { timeout: 600_000 },
  async () => {
    const { changed, met } = await prove('loaders', (random, rows, near) => new RandomLoads(random, rows).draw(near));
    expect(changed).toBeGreaterThan(CASES / 50);
    expect(met).toBeGreaterThanOrEqual(changed);
  },
);
