/**
 * A thousand equal misses at once. Executions are counted by the database itself: a row-level security policy of the table that is read
 * draws a number from a sequence, which no rollback gives back, and takes its time. `tsx test/prove/stampede.ts`
 */
import pg from 'pg';
import { createTemplate } from '../support/marketplace.js';
import { brokenBuild } from './broken-builds.js';
import { type Fleet, startFleet } from './fleet/fleet.js';
import { type Reply, bodyOf, createHttpClient, failureOf } from './fleet/http-client.js';
import { type Arguments, type Say, type Verdict, asProgram } from './verdict.js';

const CALLERS = 1_000;
const SLUGS = ['calibration', 'wanted'];
/** Requests to each instance before: code that has never run takes many times as long. */
const WARM = 300;
/** Much longer than a thousand callers need to come, and shorter than one instance waits for another. */
const EXECUTION_SECONDS = 0.5;

const COUNTED = `
  CREATE SEQUENCE prove_executions;
  CREATE FUNCTION prove_executed() RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
  BEGIN
    PERFORM nextval('prove_executions'), pg_sleep(${EXECUTION_SECONDS});
    RETURN true;
  END $$;
  ALTER TABLE "Template" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY prove_executed ON "Template" USING (prove_executed());`;

interface Stampede {
  executions: number;
  failures: number;
  answers: number;
  byCache: Record<string, number>;
}

export async function stampede({ options }: Arguments, say: Say): Promise<Verdict> {
  const run = async (instances: number) => {
    const fleet = await startFleet({
      isDirect: true,
      instances,
      redis: instances > 1,
      // A hit that is checked is executed as well, and would be counted.
      env: { CACHE_ENGINE: options.engine ?? 'larder', CHECK_HITS: '0' },
      broken: options.broken === undefined ? undefined : brokenBuild(options.broken),
      populate: async (prisma) => {
        for (const slug of SLUGS) await createTemplate(prisma, { slug, name: slug });
      },
    });
    try {
      const found = await stampedeOn(fleet);
      say(`stampede: on ${instances}: ${JSON.stringify(found)}`);
      return found;
    } finally {
      await fleet.stop();
    }
  };
  const [one, four] = [await run(1), await run(4)];
  const isRight = ({ executions, failures, answers }: Stampede) => executions === 1 && failures === 0 && answers === 1;
  return {
    ok: isRight(one) && isRight(four),
    result: `${one.executions} on 1 instance, ${four.executions} on 4 with Redis; ${one.failures + four.failures} failed of ${2 * CALLERS}`,
    numbers: { one, four },
  };
}

async function stampedeOn({ instances, databaseUrl }: Fleet): Promise<Stampede> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const clients = instances.map(({ url }) => createHttpClient(url, CALLERS));
  try {
    await database.query(COUNTED);
    const drawn = async () => {
      const { rows } = await database.query<{ drawn: string }>(
        'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS drawn FROM prove_executions',
      );
      return Number(rows[0]!.drawn);
    };
    const ask = (slug: string, caller: number) =>
      clients[caller % clients.length]!.post(
        bodyOf('query ($slug: String!) { template(slug: $slug) { name } }', { slug }),
        null,
        20_000,
      );
    // What one execution draws, should it read the table more than once.
    await ask('calibration', 0);
    const each = await drawn();
    for (let number = 0; number < WARM * instances.length; number += 1) await ask('calibration', number);
    const before = await drawn();
    if (each === 0) throw new Error('An execution was not counted: does the operation still read "Template"?');

    const replies = await Promise.allSettled(Array.from({ length: CALLERS }, (_, caller) => ask('wanted', caller)));
    return { executions: ((await drawn()) - before) / each, ...tally(replies) };
  } finally {
    clients.forEach((client) => client.close());
    await database.end();
  }
}

function tally(replies: readonly PromiseSettledResult<Reply>[]): Omit<Stampede, 'executions'> {
  const byCache: Record<string, number> = {};
  const answers = new Set<string>();
  let failures = 0;
  for (const reply of replies) {
    if (reply.status === 'rejected' || failureOf(reply.value) !== null) {
      failures += 1;
      continue;
    }
    answers.add(reply.value.body);
    const why = reply.value.why.replace(/ttl=\d+/, 'ttl') || 'no Cache-Status';
    byCache[why] = (byCache[why] ?? 0) + 1;
  }
  return { failures, answers: answers.size, byCache };
}

await asProgram(import.meta.url, ['engine', 'broken'], stampede);
