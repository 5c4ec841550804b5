/*
 * What loaders ask most, as statements written by hand and through Prisma: why the loaders are what they are. Both are asked by one process, in rounds that take
 * turns, and must bring the same rows.
 */
import { execFileSync } from 'node:child_process';
import { SERVER_CORE } from './process.mjs';

const NAME = 'statements by hand and through Prisma';

export const statementCosts = { name: NAME, needs: ['larder'], run };

async function run({ servers, rounds, say }) {
  const { databaseUrl } = await servers.get('larder');
  const program = await servers.program('statementCosts');
  say(`${NAME}: ${rounds} rounds`);
  const command = ['-c', SERVER_CORE, process.execPath, program, databaseUrl, String(rounds)];
  const measured = JSON.parse(execFileSync('taskset', command, { encoding: 'utf8' }));
  return {
    goals: [],
    tables: [
      {
        title: 'Statements by hand, and through Prisma',
        heads: ['what', 'by hand, CPU µs', 'through Prisma, CPU µs', 'Prisma ÷ by hand'],
        rows: measured.map(({ what, byHand, byPrisma, ratio }) => [
          what,
          byHand.toFixed(0),
          byPrisma.toFixed(0),
          ratio.toFixed(2),
        ]),
      },
    ],
  };
}
