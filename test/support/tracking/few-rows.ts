/** A few rows with keys that tests can name. */
import type { PrismaClient } from '../../../src/platform/prisma/client.js';

export const ADDRESS = `0x${'c'.repeat(40)}`;

const STATEMENTS = [
  `INSERT INTO "User" (id, subject, username, "displayName") VALUES (1, 'ann', 'ann', 'Ann'), (2, 'bob', 'bob', 'Bob')`,
  `INSERT INTO "Wallet" (id, address, "userId") VALUES (8, '${ADDRESS}', 1), (9, '0x${'9'.repeat(40)}', NULL)`,
  `INSERT INTO "Category" (slug, name) VALUES ('art', 'Art'), ('law', 'Law')`,
  `INSERT INTO "Agent" (id, slug, name, tagline, description, category, "authorId") VALUES
     (1, 'alpha', 'Alpha agent', 'First', 'One', 'art', 2), (2, 'beta', 'Beta agent', 'Second', 'Two', 'art', 1), (3, 'gamma', 'Gamma', 'Third', 'Three', 'law', 1)`,
  `INSERT INTO "Review" (id, "agentId", "authorId", rating) VALUES (5, 1, 1, 4), (6, 1, 2, 1), (7, 2, 2, 5)`,
  `INSERT INTO "Workspace" (id, slug, name) VALUES (4, 'house', 'House')`,
  `INSERT INTO "WorkspaceMember" ("workspaceId", "userId") VALUES (4, 2)`,
  `INSERT INTO "Installation" (id, "agentId", "workspaceId") VALUES (3, 2, 4)`,
  `INSERT INTO "Collection" (id, address, name) VALUES (1, '${ADDRESS}', 'Collection')`,
  `INSERT INTO "Nft" (id, "collectionId", "tokenId", name) VALUES (1, 1, 12, 'Token')`,
];

export async function insertFewRows(prisma: PrismaClient): Promise<void> {
  for (const statement of STATEMENTS) await prisma.$executeRawUnsafe(statement);
}
