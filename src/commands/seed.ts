/** npm run seed: fills an empty database with a made-up marketplace. */
import { z } from 'zod';
import { readConfig } from '../config.js';
import { DEFAULTS } from '../data/seed/plan.js';
import { seed } from '../data/seed/seed.js';
import { OperatorError } from '../platform/operator-error.js';
import { runCommand } from './command.js';
import { withDatabase } from './database.js';
import { createProgress } from './progress.js';

const DEFAULT_DAY = DEFAULTS.until.toISOString().slice(0, 10);

const usage = `Fills an empty database with a made-up marketplace. The same scale, seed and day make the same rows on any machine.

  npm run seed -- [--scale N] [--seed S] [--until YYYY-MM-DD]

  --scale N    how much, from 0.1 to 1000; 1 is 40 collections with 8,000 tokens, 240 agents, 300 users (default: ${DEFAULTS.scale})
  --seed S     another text, another marketplace (default: ${DEFAULTS.seed})
  --until DAY  the last day of the year that it tells of (default: ${DEFAULT_DAY})

  npm run seed -- --scale 10 --seed spring
  DATABASE_URL=postgresql://localhost/larder npm run seed -- --scale 50

All of it is one transaction: an interrupted run leaves nothing. The first user is demo: npm run token -- --user demo`;

const day = z.iso.date('write a day such as 2026-11-01').transform((text) => new Date(`${text}T00:00:00Z`));

const schema = z.object({
  scale: z
    .string()
    .transform(Number)
    .refine((scale) => scale >= 0.1 && scale <= 1_000, 'must be a number from 0.1 to 1000')
    .default(DEFAULTS.scale),
  seed: z.string().min(1, 'must not be empty').default(DEFAULTS.seed),
  until: day.default(DEFAULTS.until),
});

await runCommand({
  usage,
  options: { scale: { type: 'string' }, seed: { type: 'string' }, until: { type: 'string' } },
  schema,
  run: (options) =>
    withDatabase(readConfig(), async (prisma) => {
      const started = performance.now();
      const progress = createProgress();
      const rows = await seed(prisma, options, {
        onTokens: (done, all) => progress.update('tokens', done, all),
      }).finally(() => progress.stop());
      if (!rows)
        throw new OperatorError(
          'The database holds data already, and only an empty one is filled: give another DATA_DIR, or a DATABASE_URL of an empty database.',
        );
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      console.log(
        `Made ${(rows.Collection ?? 0).toLocaleString('en')} collections with ${(rows.Nft ?? 0).toLocaleString('en')} tokens, ` +
          `${(rows.Agent ?? 0).toLocaleString('en')} agents and ${(rows.User ?? 0).toLocaleString('en')} users in ${seconds} s.`,
      );
    }),
});
