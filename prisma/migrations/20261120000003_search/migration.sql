-- Search: full text finds words in names and descriptions, trigrams find names that are spelt a little differently.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX "Collection_words_idx" ON "Collection" USING gin (to_tsvector('english', "name" || ' ' || "description"));
CREATE INDEX "Collection_trigrams_idx" ON "Collection" USING gin ("name" gin_trgm_ops);
CREATE INDEX "Nft_trigrams_idx" ON "Nft" USING gin ("name" gin_trgm_ops);
CREATE INDEX "Agent_words_idx" ON "Agent" USING gin (to_tsvector('english', "name" || ' ' || "tagline" || ' ' || "description"));
CREATE INDEX "Agent_trigrams_idx" ON "Agent" USING gin ("name" gin_trgm_ops);
CREATE INDEX "Template_words_idx" ON "Template" USING gin (to_tsvector('english', "name" || ' ' || "description"));
CREATE INDEX "Template_trigrams_idx" ON "Template" USING gin ("name" gin_trgm_ops);
CREATE INDEX "User_trigrams_idx" ON "User" USING gin (("username" || ' ' || "displayName") gin_trgm_ops);
