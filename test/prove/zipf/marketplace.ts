/** Agents in a hundred categories, some of them installed a lot, and workspaces enough to install them in. */
export const AGENTS = 4_000;
export const CATEGORIES = 100;
export const WORKSPACES = 600;
/** Belongs to all workspaces. */
export const INSTALLER = 'ann';

export const agentSlug = (id: number): string => `agent-${id}`;
export const categorySlug = (number: number): string => `category-${number}`;

const series = (n: number) => `generate_series(1, ${n}) AS i`;
/** Follows i without a pattern. */
const scattered = (n: number) => `(1 + (i::bigint * 7368787) % ${n})::int`;
const day = `timestamptz '2026-01-01' + ${scattered(300)} * interval '1 day'`;

export const ZIPF_MARKETPLACE: readonly string[] = [
  `INSERT INTO "User" (subject, username, "displayName")
   SELECT n, n, initcap(n) FROM (SELECT CASE i WHEN 1 THEN '${INSTALLER}' ELSE 'user-' || i END AS n FROM ${series(50)}) AS names`,
  `INSERT INTO "Category" (slug, name) SELECT 'category-' || i, 'Category ' || i FROM ${series(CATEGORIES)}`,
  `INSERT INTO "Agent" (slug, name, tagline, description, category, featured, "authorId", "createdAt")
   SELECT 'agent-' || i, 'Agent ' || i, md5(i::text), md5((i + 1)::text), 'category-' || (1 + i % ${CATEGORIES}), i % 50 = 0, ${scattered(50)}, ${day}
   FROM ${series(AGENTS)}`,
  `INSERT INTO "Workspace" (slug, name) SELECT 'workspace-' || i, 'Workspace ' || i FROM ${series(WORKSPACES)}`,
  `INSERT INTO "WorkspaceMember" ("workspaceId", "userId") SELECT i, 1 FROM ${series(WORKSPACES)}`,
  `INSERT INTO "Installation" ("agentId", "workspaceId", "createdAt")
   SELECT ${scattered(AGENTS)}, ${scattered(WORKSPACES)}, ${day} FROM ${series(3 * AGENTS)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Review" ("agentId", "authorId", rating) SELECT i, ${scattered(50)}, 1 + i % 5 FROM ${series(AGENTS)}`,
  'ANALYZE',
];
