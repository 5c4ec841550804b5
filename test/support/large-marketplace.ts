/**
 * A marketplace so large that reading a whole table shows in a plan, made in seconds: rows come from generate_series, with
 * triggers off and their counters written as they would be, near enough for statistics.
 */
import { runSql } from './postgres.js';

const USERS = 20_000;
const WALLETS = 30_000;
const COLLECTIONS = 10_000;
const NFTS_EACH = 20;
const NFTS = COLLECTIONS * NFTS_EACH;
const TRAITS_EACH = 10;
const WORKSPACES = 5_000;
const CATEGORIES = 12;
const AGENTS = 20_000;
const TEMPLATES = 10_000;

const series = (n: number) => `generate_series(1, ${n}) AS i`;
/** A number from 1 to n that follows i without a pattern: all the primes are larger than any n here. */
const scattered = (n: number, prime = 7_368_787) => `(1 + (i::bigint * ${prime}) % ${n})::int`;
const member = (type: string, n: number) => `(enum_range(NULL::"${type}"))[${scattered(n)}]`;
const moment = `'2025-11-20'::timestamptz + ${scattered(500_000)} * interval '1 minute'`;

const ROWS = [
  `INSERT INTO "User" (subject, username, "displayName", fid, "createdAt")
   SELECT 'user-' || i, 'user-' || i, md5(i::text), i, ${moment} FROM ${series(USERS)}`,
  `INSERT INTO "Wallet" (address, "userId") SELECT '0x' || lpad(to_hex(i), 40, '0'), ${scattered(USERS)} FROM ${series(WALLETS)}`,
  `INSERT INTO "Collection" (chain, address, name, description, verified, "floorPrice", "nftCount", "ownerCount", "createdAt")
   SELECT ${member('Chain', 6)}, '0x' || lpad(to_hex(i), 40, '0'), 'Collection ' || md5(i::text), md5((i + 1)::text), i % 2 = 0,
     ${scattered(900)} / 100.0, ${scattered(900)}, ${scattered(700)}, ${moment} FROM ${series(COLLECTIONS)}`,
  `INSERT INTO "Nft" ("collectionId", "tokenId", name, "rarityRank", "ownerId")
   SELECT 1 + (i - 1) / ${NFTS_EACH}, i % ${NFTS_EACH}, substr(md5((i % 2000)::text), 1, 8) || ' #' || i % ${NFTS_EACH}, 1 + i % ${NFTS_EACH}, ${scattered(WALLETS)} FROM ${series(NFTS)}`,
  `INSERT INTO "Trait" ("collectionId", "traitType", value, "nftCount")
   SELECT 1 + (i - 1) / ${TRAITS_EACH}, 'Type ' || i % 4, 'Value ' || i % ${TRAITS_EACH}, ${NFTS_EACH} / ${TRAITS_EACH} FROM ${series(COLLECTIONS * TRAITS_EACH)}`,
  `INSERT INTO "NftTrait" ("nftId", "traitId")
   SELECT i, 1 + ((i - 1) / ${NFTS_EACH}) * ${TRAITS_EACH} + i % ${TRAITS_EACH} FROM ${series(NFTS)}`,
  `INSERT INTO "Ownership" ("nftId", "walletId", "collectionId", quantity) SELECT id, "ownerId", "collectionId", 1 FROM "Nft"`,
  `INSERT INTO "Holding" ("walletId", "collectionId", "tokenCount")
   SELECT "walletId", "collectionId", count(*) FROM "Ownership" GROUP BY 1, 2`,
  `INSERT INTO "Transfer" ("nftId", "collectionId", "toId", time) SELECT i, 1 + (i - 1) / ${NFTS_EACH}, ${scattered(WALLETS)}, ${moment} FROM ${series(NFTS)}`,
  `INSERT INTO "Category" (slug, name, "agentCount") SELECT 'category-' || i, 'Category ' || i, 1 FROM ${series(CATEGORIES)}`,
  `INSERT INTO "Agent" (slug, name, tagline, description, category, featured, pricing, "installCount", "trendScore", rating, "authorId", "createdAt")
   SELECT 'agent-' || i, 'Agent ' || md5(i::text), md5((i + 1)::text), md5((i + 2)::text), 'category-' || ${scattered(CATEGORIES)}, i % 50 = 0,
     ${member('Pricing', 4)}, ${scattered(900)}, ${scattered(90_000)} / 10.0, ${scattered(400)} / 80.0, ${scattered(USERS)}, ${moment} FROM ${series(AGENTS)}`,
  `INSERT INTO "Workspace" (slug, name, "createdAt") SELECT 'workspace-' || i, 'Workspace ' || i, ${moment} FROM ${series(WORKSPACES)}`,
  `INSERT INTO "WorkspaceMember" ("workspaceId", "userId", role, "createdAt")
   SELECT 1 + i % ${WORKSPACES}, i, 'OWNER', ${moment} FROM ${series(USERS)}`,
  `INSERT INTO "Installation" ("agentId", "workspaceId", "installedById", "createdAt")
   SELECT ${scattered(AGENTS)}, 1 + (i / 12) % ${WORKSPACES}, ${scattered(USERS)}, ${moment} FROM ${series(3 * AGENTS)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Review" ("agentId", "authorId", rating, "createdAt")
   SELECT ${scattered(AGENTS)}, ${scattered(USERS, 7_368_791)}, 1 + i % 5, ${moment} FROM ${series(3 * AGENTS)} ON CONFLICT DO NOTHING`,
  `INSERT INTO "Template" (slug, name, description, category, complexity, featured, "useCount", "authorId", "createdAt")
   SELECT 'template-' || i, 'Template ' || md5(i::text), md5((i + 1)::text), 'category-' || ${scattered(CATEGORIES)}, ${member('Complexity', 3)}, i % 50 = 0,
     ${scattered(900)}, ${scattered(USERS)}, ${moment} FROM ${series(TEMPLATES)}`,
  `INSERT INTO "TemplateStep" ("templateId", position, title, "agentId")
   SELECT 1 + (i - 1) / 3, 1 + i % 3, 'Step', ${scattered(AGENTS)} FROM ${series(3 * TEMPLATES)}`,
  `INSERT INTO "TemplateUse" ("templateId", "userId", "workspaceId") SELECT ${scattered(TEMPLATES)}, ${scattered(USERS)}, ${scattered(WORKSPACES)} FROM ${series(3 * TEMPLATES)}`,
];

/** Fills an empty database. `url` must be a superuser's: others cannot switch triggers off. */
export const fillLargeMarketplace = (url: string): Promise<void> =>
  runSql(url, 'SET session_replication_role = replica', ...ROWS, 'VACUUM ANALYZE');
