/** How many requests a server takes at a time, counted from outside: nobody reads a table that is locked, so that whoever is inside stays there. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { type HttpClient, bodyOf } from '../fleet/http-client.js';

/** More than the server is told to take. */
const MORE = 20;
/** Shorter than a statement waits for a connection, and than it waits for a lock. Milliseconds. */
const HELD_MS = 700;
const TIMEOUT_MS = 15_000;
/** See src/admission/shed.ts. */
const REFUSAL = 'too much to do';

let asked = 0;

/** @param places what it should be; twenty more are asked for. @returns how many requests were let in. */
export async function countPlaces(client: HttpClient, databaseUrl: string, places: number): Promise<number> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query('BEGIN');
    await database.query('LOCK TABLE "Template" IN ACCESS EXCLUSIVE MODE');
    const answers = Array.from({ length: places + MORE }, () =>
      client.post(bodyOf(QUERY, { slug: `place-${(asked += 1)}` }), null, TIMEOUT_MS).then(({ body }) => body),
    );
    await wait(HELD_MS);
    await database.query('ROLLBACK');
    // Whoever is inside may have given up, which is something else.
    const refused = (await Promise.all(answers)).filter((body) => body.includes(REFUSAL)).length;
    return places + MORE - refused;
  } finally {
    await database.end();
  }
}

const QUERY = 'query ($slug: String!) { template(slug: $slug) { slug } }';
