/* Asks a database, whose address and number of rounds are its arguments, by hand and through Prisma; prints as JSON what a question costs this process. */
import pino from 'pino';
import { openDatabase } from '../../src/platform/database.ts';
import { MIGRATIONS } from '../../src/platform/migrations.ts';
import { Prisma } from '../../src/platform/prisma/client.ts';

const QUESTIONS = 300;
const [url, rounds] = process.argv.slice(2);
const { prisma, readRows, close } = await openDatabase(
  { kind: 'server', url, poolSize: 1, waitSeconds: 0 },
  { migrations: MIGRATIONS, logger: pino({ level: 'silent' }) },
);
const ids = Array.from({ length: 10 }, (_, index) => index + 1);

const ASKED = [
  {
    what: 'ten agents by their ids',
    byHand: () => readRows(Prisma.sql`SELECT * FROM "Agent" WHERE "id" = ANY(${ids}::int[]) ORDER BY id`),
    byPrisma: () => prisma.agent.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } }),
  },
  {
    what: 'one user by id',
    byHand: () => readRows(Prisma.sql`SELECT * FROM "User" WHERE "id" = ANY(${[1]}::int[])`),
    byPrisma: () => prisma.user.findMany({ where: { id: { in: [1] } } }),
  },
  {
    what: 'a page of twenty agents',
    byHand: () => readRows(Prisma.sql`SELECT * FROM "Agent" ORDER BY "trendScore" DESC, id DESC LIMIT ${20}`),
    byPrisma: () => prisma.agent.findMany({ orderBy: [{ trendScore: 'desc' }, { id: 'desc' }], take: 20 }),
  },
  {
    what: 'all categories',
    byHand: () => readRows(Prisma.sql`SELECT * FROM "Category" ORDER BY name`),
    byPrisma: () => prisma.category.findMany({ orderBy: { name: 'asc' } }),
  },
];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function costOf(ask) {
  const before = process.cpuUsage();
  for (let asked = 0; asked < QUESTIONS; asked += 1) await ask();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / QUESTIONS;
}

const measured = [];
for (const { what, byHand, byPrisma } of ASKED) {
  const [ours, theirs] = [await byHand(), await byPrisma()];
  if (ours.length === 0 || JSON.stringify(sorted(ours)) !== JSON.stringify(sorted(theirs)))
    throw new Error(`${what}: by hand and through Prisma the rows differ`);
  // Compiled, before it counts.
  await costOf(byHand);
  await costOf(byPrisma);
  const pairs = [];
  for (let round = 0; round < Number(rounds); round += 1) pairs.push([await costOf(byHand), await costOf(byPrisma)]);
  measured.push({
    what,
    byHand: median(pairs.map(([hand]) => hand)),
    byPrisma: median(pairs.map(([, through]) => through)),
    ratio: median(pairs.map(([hand, through]) => through / hand)),
  });
}
await close();
console.log(JSON.stringify(measured));

/** Their columns by name. */
function sorted(rows) {
  return rows.map((row) => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
}
