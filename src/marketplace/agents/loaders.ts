import { Prisma } from '../../platform/prisma/client.js';
import { equals } from '../../graphql/condition.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, groupBy, keyedBy, rowsBy } from '../../graphql/loader.js';
import { searchCondition } from '../../graphql/search-condition.js';
import type { Agent, Category, Pricing } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';
import { reading } from '../../tracking/reading.js';

export const agentById = rowsBy('Agent', 'id');
export const agentBySlug = rowsBy('Agent', 'slug');
export const reviewById = rowsBy('Review', 'id');

export const SEARCHABLE = {
  words: `t."name" || ' ' || t."tagline" || ' ' || t."description"`,
  name: 't."name"',
  exact: ['t."name"'],
};

export interface AgentFilter {
  search?: string | null;
  category?: string | null;
  featured?: boolean | null;
  pricing?: Pricing | null;
}

export const agents = defineList({
  name: 'agents',
  model: 'Agent',
  prime: agentById,
  orders: {
    TRENDING: { by: Prisma.sql`t."trendScore"`, type: 'float8', descending: true },
    POPULAR: { by: Prisma.sql`t."installCount"`, type: 'int', descending: true },
    NEWEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz', descending: true },
    RATING: { by: Prisma.sql`t."rating"`, type: 'float8', descending: true },
    NAME: { by: Prisma.sql`t."name"`, type: 'text' },
  },
  where: ({ search, category, featured, pricing }: AgentFilter) => [
    search == null ? null : searchCondition(SEARCHABLE, search),
    equals('category', category),
    equals('featured', featured),
    equals('pricing', pricing),
  ],
});

export const reviews = defineList({
  name: 'reviews',
  model: 'Review',
  parent: 'agentId',
  prime: reviewById,
  orders: { NEWEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz', descending: true } },
});

const agentsOfTemplates = keyedBy(
  'templateId',
  10,
  (templateIds) => Prisma.sql`
    SELECT s."templateId", a.* FROM "Agent" AS a
    JOIN (SELECT DISTINCT "templateId", "agentId" FROM "TemplateStep" WHERE "templateId" = ANY(${templateIds}::int[])) AS s
      ON s."agentId" = a.id
    ORDER BY a."name", a.id`,
);

/** The agents that the steps of each template use: each once, by name. */
export const agentsByTemplateId = defineLoader<number, Agent[]>(async (db, templateIds) => {
  const found = await db.keyed<Agent & { templateId: number }>(agentsOfTemplates, templateIds, (agents) => [
    ...templateIds.flatMap((templateId) => reading.of('TemplateStep', { templateId }, ['agentId'])),
    ...reading.rows('Agent', agents, ['name']),
  ]);
  const rows = db.observed('Agent', found);
  for (const agent of rows) agentById(db).prime(agent.id, agent);
  const byTemplate = groupBy(rows, ({ templateId }) => templateId);
  return templateIds.map((id) => byTemplate.get(id) ?? []);
});

/** All there are. By hand: Prisma takes several times the CPU (bench/RESULTS.md), and Node 20 watches every promise of the process meanwhile (database-work.ts). */
export const categories = (db: Db): Promise<Category[]> =>
  db.rows<Category>('Category', Prisma.sql`SELECT slug, name, "agentCount" FROM "Category" ORDER BY name`, () =>
    reading.table('Category', ['name']),
  );
