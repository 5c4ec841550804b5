import { notFound } from '../../errors.js';
import { Prisma, type Template } from '../../platform/prisma/client.js';
import type { Db } from '../../tracking/db.js';

/**
 * The template's row as it is now, locked until the transaction ends: its steps change as a whole, one writer at a time.
 * @throws NOT_FOUND at input.templateId
 */
export async function lockTemplate(tx: Db, id: number): Promise<Template> {
  const [template] = await tx.sql<Template>(
    Prisma.sql`SELECT * FROM "Template" WHERE id = ${id}::int FOR NO KEY UPDATE`,
  );
  if (!template) throw notFound('This template', ['input', 'templateId']);
  return template;
}
