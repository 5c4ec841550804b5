/** What other slices may ask of agents. */
import type { Issue } from '../../errors.js';
import type { Db } from '../../tracking/db.js';

export { agentById } from './loaders.js';

/** Nothing, or the issue that there is no such category, with those that there are. */
export async function categoryIssues(db: Db, category: string): Promise<Issue[]> {
  const categories = await db.prisma.category.findMany({ orderBy: { slug: 'asc' } });
  const slugs = categories.map(({ slug }) => slug);
  if (slugs.includes(category)) return [];
  return [{ path: ['input', 'category'], message: `there is no such category: choose one of ${slugs.join(', ')}` }];
}
