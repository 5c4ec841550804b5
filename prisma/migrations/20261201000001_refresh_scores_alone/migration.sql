-- Scores (see src/indexer/refresh-ranks.ts) stand by themselves. Their foreign keys locked 10,000 tokens with each page of scores, and whoever changes
-- refresh_score in a migration would have locked "Nft" and "Collection": that happens here once more, for a moment. Rows of tokens that are gone are passed over,
-- and deleted when the collection is scored next.
ALTER TABLE refresh_score DROP CONSTRAINT "refresh_score_nftId_fkey", DROP CONSTRAINT "refresh_score_collectionId_fkey";

-- All ascending, so that a page begins where the one before has ended, by one comparison of rows.
DROP INDEX refresh_score_order_idx;
CREATE INDEX refresh_score_order_idx ON refresh_score ("collectionId", (-score), "tokenId");
