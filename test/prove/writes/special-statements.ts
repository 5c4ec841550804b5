/** Statements that chance alone would hardly find: those that keep to the marketplace's rules, or cut across tables. */
import { DAYS, WORDS } from '../data/words.js';
import { type Scene, literal, pickRow } from './column-values.js';

interface Special {
  title: string;
  /** Whose rows it changes. */
  tables: readonly string[];
  /** Null: there is nothing to do it to. */
  draw(scene: Scene): string | null;
}

const wallet = (scene: Scene) => literal(pickRow(scene, 'Wallet')?.['id']);
const day = ({ random }: Scene) => literal(random.pick(DAYS));

/** From a wallet that holds it. `columns` and `values`: to whom, and how many. */
function transfer(scene: Scene, columns: string, values: string): string | null {
  const held = pickRow(scene, 'Ownership');
  if (!held) return null;
  return `INSERT INTO "Transfer" ("nftId", "collectionId", "fromId", ${columns}, time)
    SELECT "nftId", "collectionId", "walletId", ${values}, ${day(scene)} FROM "Ownership"
    WHERE "nftId" = ${literal(held['nftId'])} AND "walletId" = ${literal(held['walletId'])}`;
}

export const SPECIAL: readonly Special[] = [
  {
    title: 'a token changes hands',
    tables: ['Transfer', 'Ownership', 'Holding'],
    draw: (scene) => transfer(scene, '"toId", quantity', `${wallet(scene)}, 1`),
  },
  {
    title: 'a token is burnt',
    tables: ['Transfer', 'Ownership', 'Holding'],
    draw: (scene) => transfer(scene, 'quantity', 'quantity'),
  },
  {
    title: 'many rows move at once',
    tables: ['Installation'],
    draw: ({ random }) =>
      `WITH gone AS (DELETE FROM "Installation" WHERE id % 2 = 0 RETURNING "agentId", "workspaceId")
       INSERT INTO "Installation" ("agentId", "workspaceId", "createdAt")
       SELECT "agentId", "workspaceId" % ${random.int(2, 4)} + 1, '2026-05-05' FROM gone ON CONFLICT DO NOTHING`,
  },
  {
    title: 'a category gets another slug',
    tables: ['Category', 'Agent', 'Template'],
    draw(scene) {
      const category = pickRow(scene, 'Category');
      if (!category) return null;
      const slug = literal(scene.random.pick(WORDS));
      return `UPDATE "Category" SET slug = ${slug} WHERE slug = ${literal(category['slug'])}`;
    },
  },
  {
    title: 'rarity is ranked anew',
    tables: ['Nft'],
    draw(scene) {
      const collection = pickRow(scene, 'Collection');
      return collection && `CALL rank_rarity(${literal(collection['id'])})`;
    },
  },
  ...[
    ['Agent', `UPDATE "Agent" SET featured = NOT featured`],
    ['Review', `UPDATE "Review" SET rating = 6 - rating`],
    ['Nft', `UPDATE "Nft" SET "rarityRank" = NULL`],
    ['User', `UPDATE "User" SET "displayName" = initcap("displayName")`],
    ['Workspace', `UPDATE "Workspace" SET name = upper(name)`],
  ].map(([table = '', statement = '']) => ({
    title: 'the whole of a table changes',
    tables: [table],
    draw: () => statement,
  })),
  {
    title: 'more rows than events name one by one',
    tables: ['TemplateUse'],
    draw: ({ random }) =>
      `INSERT INTO "TemplateUse" ("templateId", "createdAt")
       SELECT t.id, '2026-04-04' FROM "Template" AS t, generate_series(1, ${random.int(60, 300)})`,
  },
];
