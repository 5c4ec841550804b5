-- What anyone may ask for is read within bounds, however much there is of it. Prisma cannot say these indexes, and does not miss them.

-- The most frequent values of each trait type, side by side (see src/marketplace/collections/loaders.ts).
CREATE INDEX "Trait_facets_idx" ON "Trait" ("collectionId", "traitType", "nftCount" DESC, "value") WHERE "nftCount" > 0;

-- Search (src/marketplace/search/candidates.ts): whole names, whatever else has them in it; and the part of all names that is looked at where a text
-- fits too many.
CREATE INDEX "Collection_whole_name_idx" ON "Collection" (lower("name"), "id");
CREATE INDEX "Nft_whole_name_idx" ON "Nft" (lower("name"), "id");
CREATE INDEX "Agent_whole_name_idx" ON "Agent" (lower("name"), "id");
CREATE INDEX "Template_whole_name_idx" ON "Template" (lower("name"), "id");
CREATE INDEX "User_whole_name_idx" ON "User" (lower("username" || ' ' || "displayName"), "id");
CREATE INDEX "Collection_some_trigrams_idx" ON "Collection" USING gin ("name" gin_trgm_ops) WHERE "id" % 16 = 0;
CREATE INDEX "Nft_some_trigrams_idx" ON "Nft" USING gin ("name" gin_trgm_ops) WHERE "id" % 16 = 0;
CREATE INDEX "Agent_some_trigrams_idx" ON "Agent" USING gin ("name" gin_trgm_ops) WHERE "id" % 16 = 0;
CREATE INDEX "Template_some_trigrams_idx" ON "Template" USING gin ("name" gin_trgm_ops) WHERE "id" % 16 = 0;
CREATE INDEX "User_some_trigrams_idx" ON "User" USING gin (("username" || ' ' || "displayName") gin_trgm_ops) WHERE "id" % 16 = 0;
