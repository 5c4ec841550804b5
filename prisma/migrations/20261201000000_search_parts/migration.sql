-- Search (src/marketplace/search/candidates.ts): each name of a user is one for itself, and words have a part that is looked at first, as names have.

CREATE INDEX "User_whole_username_idx" ON "User" (lower("username"), "id");
CREATE INDEX "User_whole_displayName_idx" ON "User" (lower("displayName"), "id");
CREATE INDEX "Collection_some_words_idx" ON "Collection" USING gin (to_tsvector('english', "name" || ' ' || "description")) WHERE "id" % 16 = 0;
CREATE INDEX "Agent_some_words_idx" ON "Agent" USING gin (to_tsvector('english', "name" || ' ' || "tagline" || ' ' || "description")) WHERE "id" % 16 = 0;
CREATE INDEX "Template_some_words_idx" ON "Template" USING gin (to_tsvector('english', "name" || ' ' || "description")) WHERE "id" % 16 = 0;
-- Last: it keeps the table from those who read, too, until the end of this migration.
DROP INDEX "User_whole_name_idx";
