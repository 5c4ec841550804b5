import { Prisma } from '../../platform/prisma/client.js';
import { equals } from '../../graphql/condition.js';
import { defineList } from '../../graphql/list.js';
import { defineLoader, groupBy, keyedBy, rowsBy } from '../../graphql/loader.js';
import { searchCondition } from '../../graphql/search-condition.js';
import type { Complexity, TemplateStep } from '../../platform/prisma/client.js';
import { reading } from '../../tracking/reading.js';

export const templateById = rowsBy('Template', 'id');
export const templateBySlug = rowsBy('Template', 'slug');

export const SEARCHABLE = { words: `t."name" || ' ' || t."description"`, name: 't."name"', exact: ['t."name"'] };

const POPULAR = { by: Prisma.sql`t."useCount"`, type: 'int', descending: true } as const;

export interface TemplateFilter {
  search?: string | null;
  category?: string | null;
  complexity?: Complexity | null;
  featured?: boolean | null;
}

export const templates = defineList({
  name: 'templates',
  model: 'Template',
  prime: templateById,
  orders: {
    POPULAR,
    NEWEST: { by: Prisma.sql`t."createdAt"`, type: 'timestamptz', descending: true },
    NAME: { by: Prisma.sql`t."name"`, type: 'text' },
  },
  where: ({ search, category, complexity, featured }: TemplateFilter) => [
    search == null ? null : searchCondition(SEARCHABLE, search),
    equals('category', category),
    equals('complexity', complexity),
    equals('featured', featured),
  ],
});

/** The templates that use an agent: each once, however many of its steps do. */
export const templatesOfAgent = defineList({
  name: 'templates of an agent',
  model: 'Template',
  from: Prisma.sql`(
    SELECT used."agentId", template.* FROM (SELECT DISTINCT "agentId", "templateId" FROM "TemplateStep") AS used
    JOIN "Template" AS template ON template.id = used."templateId")`,
  parent: 'agentId',
  reading: (agentId) => [
    ...reading.of('TemplateStep', { agentId }, ['templateId']),
    ...reading.table('Template', ['useCount']),
  ],
  prime: templateById,
  orders: { POPULAR },
});

const stepsOfTemplates = keyedBy(
  'templateId',
  10,
  (templateIds) =>
    Prisma.sql`SELECT * FROM "TemplateStep" WHERE "templateId" = ANY(${templateIds}::int[]) ORDER BY "templateId", position`,
);

export const stepsByTemplateId = defineLoader<number, TemplateStep[]>(async (db, templateIds) => {
  const rows = await db.keyed<TemplateStep>(stepsOfTemplates, templateIds, () =>
    templateIds.flatMap((templateId) => reading.of('TemplateStep', { templateId }, ['position'])),
  );
  const byTemplate = groupBy(db.observed('TemplateStep', rows), ({ templateId }) => templateId);
  return templateIds.map((id) => byTemplate.get(id) ?? []);
});
