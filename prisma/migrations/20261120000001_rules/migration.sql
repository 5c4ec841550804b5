-- What a row may hold, said where no writer can pass it by.

ALTER TABLE "User" ADD CONSTRAINT "User_fid_check" CHECK ("fid" > 0);
ALTER TABLE "Wallet" ADD CONSTRAINT "Wallet_address_check" CHECK ("address" ~ '^0x[0-9a-f]{40}$');
ALTER TABLE "Collection" ADD CONSTRAINT "Collection_address_check" CHECK ("address" ~ '^0x[0-9a-f]{40}$');
ALTER TABLE "Collection" ADD CONSTRAINT "Collection_floorPrice_check" CHECK ("floorPrice" >= 0);
ALTER TABLE "Nft" ADD CONSTRAINT "Nft_tokenId_check" CHECK ("tokenId" BETWEEN 0 AND 2::numeric ^ 256 - 1);
ALTER TABLE "Nft" ADD CONSTRAINT "Nft_rarityRank_check" CHECK ("rarityRank" > 0);
ALTER TABLE "Ownership" ADD CONSTRAINT "Ownership_quantity_check" CHECK ("quantity" > 0);
ALTER TABLE "Holding" ADD CONSTRAINT "Holding_tokenCount_check" CHECK ("tokenCount" > 0);
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_quantity_check" CHECK ("quantity" > 0);
ALTER TABLE "Transfer" ADD CONSTRAINT "Transfer_ends_check" CHECK ("fromId" IS DISTINCT FROM "toId");
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_price_check" CHECK ("price" >= 0);
ALTER TABLE "Review" ADD CONSTRAINT "Review_rating_check" CHECK ("rating" BETWEEN 1 AND 5);
ALTER TABLE "TemplateStep" ADD CONSTRAINT "TemplateStep_position_check" CHECK ("position" > 0);

-- Orders that put the unknown last need the unknown to have a place (see src/marketplace/*/orders).
CREATE INDEX "Nft_collectionId_rarity_idx" ON "Nft" ("collectionId", coalesce("rarityRank", 2147483647), "id");
CREATE INDEX "Collection_floorPrice_idx" ON "Collection" (coalesce("floorPrice", 1e18), "id");
