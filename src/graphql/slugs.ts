/** Slugs of new rows: the one that was asked for, or one made from the name. */
import { Prisma } from '../platform/prisma/client.js';
import { conflict } from '../errors.js';
import type { Db } from '../tracking/db.js';
import { slugFrom } from './inputs.js';

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

/** The first of `base`, `base-2`, `base-3` … that nothing has. Looks at ten times as many each time: names repeat in bulk. */
async function freeSlug(tx: Db, model: ModelWithSlug, base: string): Promise<string> {
  for (let from = 1, size = 10; ; from += size, size *= 10) {
    const candidates = Array.from({ length: size }, (_, index) => numbered(base, from + index));
    const rows = await tx.sql<{ slug: string }>(
      Prisma.sql`SELECT slug FROM ${Prisma.raw(`"${model}"`)} WHERE slug = ANY(${candidates}::text[])`,
    );
    const taken = new Set(rows.map(({ slug }) => slug));
    const free = candidates.find((candidate) => !taken.has(candidate));
    if (free) return free;
  }
}

function numbered(base: string, number: number): string {
  if (number === 1) return base;
  const suffix = `-${number}`;
  return base.slice(0, MAX_LENGTH - suffix.length).replace(/-$/, '') + suffix;
}
