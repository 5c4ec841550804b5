-- Ranks of a collection of a million tokens take minutes to write, longer than a transaction of the server may take: see src/indexer/refresh-ranks.ts.
ALTER TYPE "RefreshStep" ADD VALUE 'SCORES' BEFORE 'RANKS';

-- How rare each token is, page by page, until all are known and can be put in order. Nothing is shown of it, so no trigger captures it.
CREATE TABLE refresh_score (
  "nftId" int PRIMARY KEY REFERENCES "Nft" (id) ON DELETE CASCADE,
  "collectionId" int NOT NULL REFERENCES "Collection" (id) ON DELETE CASCADE,
  "tokenId" numeric(78, 0) NOT NULL,
  score numeric NOT NULL
);
CREATE INDEX refresh_score_order_idx ON refresh_score ("collectionId", score DESC, "tokenId");
