/** Slugs of new rows: the one that was asked for, or one made from the name. */
import { Prisma } from '../platform/prisma/client.js';
import { conflict } from '../errors.js';
import type { Db } from '../tracking/db.js';
import { slugFrom } from './inputs.js';
import { randomSuffix } from './random-suffix.js';

type ModelWithSlug = 'Agent' | 'Template' | 'Workspace';

interface Naming {
  slug?: string | null | undefined;
  name: string;
}

const MAX_LENGTH = 60;

/**
 * Inserts a row under its slug. `insert` must leave out a row whose slug is taken (ON CONFLICT DO NOTHING) and return what
 * it inserted: a violated constraint would end the transaction, and only the insert itself knows of writers beside us.
 * @throws CONFLICT if the slug that was asked for is taken.
 */
export async function insertWithSlug<Row>(
  tx: Db,
  model: ModelWithSlug,
  { slug, name }: Naming,
  insert: (slug: string) => Promise<Row[]>,
): Promise<Row> {
  if (slug != null) {
    const [row] = await insert(slug);
    if (row) return row;
    throw conflict(`The slug "${slug}" is taken. Choose another one, or leave it out to have one made from the name.`);
  }
  const base = slugFrom(name) ?? model.toLowerCase();
  for (;;) {
    const [row] = await insert(await freeSlug(tx, model, base));
    if (row) return row;
  }
}

/** Numbers are looked at so many at a time; what repeats more often than all of them is told apart by chance. Of some bases, such as `agent`, there may be any number. */
const LOOKS = [10, 100];

/** The first of `base`, `base-2`, `base-3` … `base-110` that nothing has; else one that hardly anything can have. */
async function freeSlug(tx: Db, model: ModelWithSlug, base: string): Promise<string> {
  let from = 1;
  for (const size of LOOKS) {
    const candidates = Array.from({ length: size }, (_, index) => numbered(base, from + index));
    const rows = await tx.sql<{ slug: string }>(
      Prisma.sql`SELECT slug FROM ${Prisma.raw(`"${model}"`)} WHERE slug = ANY(${candidates}::text[])`,
    );
    const taken = new Set(rows.map(({ slug }) => slug));
    const free = candidates.find((candidate) => !taken.has(candidate));
    if (free) return free;
    from += size;
  }
  return suffixed(base, `-${randomSuffix()}`);
}

const numbered = (base: string, number: number) => (number === 1 ? base : suffixed(base, `-${number}`));

const suffixed = (base: string, suffix: string) => base.slice(0, MAX_LENGTH - suffix.length).replace(/-$/, '') + suffix;
