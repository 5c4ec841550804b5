/** A marketplace of a few rows of everything, so that most writes concern most answers. Triggers and counters are the real ones. */

/** Those whose tokens the proofs use. Each has an account, and keeps it whatever is written. */
export const PEOPLE = ['ann', 'bob', 'cem', 'dana', 'root'] as const;
export type Person = (typeof PEOPLE)[number];

const TABLES = [
  ...['Transfer', 'Ownership', 'Holding', 'NftTrait', 'Trait', 'Nft', 'Collection', 'TemplateUse', 'TemplateStep'],
  ...[
    'Template',
    'Review',
    'Installation',
    'WorkspaceMember',
    'Workspace',
    'Agent',
    'Category',
    'WalletNonce',
    'Wallet',
    'User',
  ],
];

const people = PEOPLE.map((name) => `'${name}'`).join(', ');
const word = (of: string) =>
  `(ARRAY['amber', 'basil', 'cedar', 'dusk', 'ember', 'fjord', 'garnet', 'heron', 'iris', 'jade'])[1 + (${of}) % 10]`;
const day = (of: string) => `timestamptz '2026-01-05' + (${of}) * interval '9 days 1 hour'`;
const image = `'https://img.example.com/' || id || '.png'`;
const series = (n: number) => `generate_series(1, ${n}) AS i`;

/** Replaces everything. The same rows each time, with the same ids. */
export const SMALL_MARKETPLACE: readonly string[] = [
  `TRUNCATE ${TABLES.map((table) => `"${table}"`).join(', ')} RESTART IDENTITY CASCADE`,
  `INSERT INTO "User" (subject, username, "displayName", fid, "createdAt")
   SELECT name, name, ${word('place::int')} || ' ' || name, CASE WHEN place < 4 THEN place END, ${day('place::int')}
   FROM unnest(ARRAY[${people}, 'eve', 'finn']) WITH ORDINALITY AS u (name, place)`,
  `INSERT INTO "Wallet" (address, "userId", "createdAt")
   SELECT '0x' || lpad(to_hex(i), 40, '0'), CASE WHEN i < 9 THEN 1 + i % 4 END, ${day('i')} FROM ${series(10)}`,
  `INSERT INTO "Category" (slug, name) SELECT ${word('i')}, initcap(${word('i')}) FROM ${series(4)}`,
  `INSERT INTO "Agent" (slug, name, tagline, description, category, featured, pricing, price, "authorId", "createdAt")
   SELECT ${word('i')} || '-agent', ${word('i')} || ' agent', ${word('i + 1')}, ${word('i + 2')} || ' ' || ${word('i + 3')}, ${word('1 + i % 3')},
     i % 3 = 0, (enum_range(NULL::"Pricing"))[1 + i % 4], CASE WHEN i % 4 > 1 THEN i END, 1 + i % 4, ${day('i')} FROM ${series(6)}`,
  `INSERT INTO "Review" ("agentId", "authorId", rating, comment, "createdAt")
   SELECT 1 + i % 6, 1 + i % 5, 1 + i % 5, ${word('i')}, ${day('i')} FROM ${series(12)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Workspace" (slug, name, "createdAt") SELECT ${word('i')} || '-house', ${word('i')}, ${day('i')} FROM ${series(4)}`,
  `INSERT INTO "WorkspaceMember" ("workspaceId", "userId", role, "createdAt")
   SELECT 1 + i % 4, 1 + i % 5, (enum_range(NULL::"MemberRole"))[1 + i % 3], ${day('i')} FROM ${series(11)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Installation" ("agentId", "workspaceId", "installedById", "createdAt")
   SELECT 1 + i % 6, 1 + i / 3 % 4, 1 + i % 5, ${day('i')} FROM ${series(12)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Template" (slug, name, description, category, complexity, featured, "authorId", "createdAt")
   SELECT ${word('i')} || '-flow', ${word('i')} || ' flow', ${word('i + 4')}, ${word('1 + i % 3')}, (enum_range(NULL::"Complexity"))[1 + i % 3],
     i % 2 = 0, 1 + i % 4, ${day('i')} FROM ${series(4)}`,
  `INSERT INTO "TemplateStep" ("templateId", position, title, instruction, "agentId")
   SELECT 1 + i % 4, 1 + i / 4, ${word('i')}, ${word('i + 1')}, CASE WHEN i % 5 > 0 THEN 1 + i % 6 END FROM ${series(10)}`,
  `INSERT INTO "TemplateUse" ("templateId", "userId", "workspaceId", "createdAt")
   SELECT 1 + i % 4, 1 + i % 5, 1 + i % 4, ${day('i')} FROM ${series(7)}`,
  `INSERT INTO "Collection" (chain, address, standard, name, symbol, description, verified, "floorPrice", "createdAt")
   SELECT (enum_range(NULL::"Chain"))[1 + i % 3], '0x' || lpad(to_hex(100 + i), 40, '0'), (enum_range(NULL::"TokenStandard"))[1 + i % 2],
     initcap(${word('i')}) || ' tokens', upper(${word('i')}), ${word('i + 1')}, i % 2 = 0, CASE WHEN i > 1 THEN i / 10.0 END, ${day('i')} FROM ${series(4)}`,
  `INSERT INTO "CollectionRefresh" ("collectionId", status, done, total, error, "requestedAt", "finishedAt")
   SELECT i, (enum_range(NULL::"RefreshStatus"))[1 + i], i, i + 1, CASE WHEN i = 3 THEN ${word('i')} END, ${day('i')}, ${day('i + 1')} FROM ${series(3)}`,
  `INSERT INTO "Nft" ("collectionId", "tokenId", name, description, "ownerVerifiedAt", "createdAt")
   SELECT 1 + i % 4, CASE WHEN i = 12 THEN 2::numeric ^ 255 ELSE i / 4 END, initcap(${word('i')}) || ' #' || i, ${word('i + 1')},
     CASE WHEN i % 2 = 0 THEN ${day('i')} END, ${day('i')} FROM ${series(12)}`,
  `INSERT INTO "Trait" ("collectionId", "traitType", value)
   SELECT 1 + i % 4, ${word('1 + i % 2')}, ${word('i')} FROM ${series(16)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "NftTrait" ("nftId", "traitId") SELECT n.id, t.id FROM "Nft" AS n JOIN "Trait" AS t USING ("collectionId") WHERE (n.id + t.id) % 3 > 0`,
  // Every token is minted, those of ERC-1155 five times; every third one moves on.
  `INSERT INTO "Transfer" ("nftId", "collectionId", "toId", quantity, time)
   SELECT n.id, c.id, 1 + n.id % 8, CASE c.standard WHEN 'ERC721' THEN 1 ELSE 5 END, ${day('n.id')}
   FROM "Nft" AS n JOIN "Collection" AS c ON c.id = n."collectionId"`,
  `INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", "toId", time)
   SELECT id, "collectionId", 1 + id % 8, 1 + (id + 1) % 8, ${day('id + 3')} FROM "Nft" WHERE id % 3 = 0`,
  ...[1, 2, 3, 4].map((collection) => `CALL rank_rarity(${collection})`),
  ...['Agent', 'Collection', 'Nft'].map((table) => `UPDATE "${table}" SET "imageUrl" = ${image} WHERE id % 3 > 0`),
  `UPDATE "User" SET "avatarUrl" = ${image} WHERE id % 3 > 0`,
];
