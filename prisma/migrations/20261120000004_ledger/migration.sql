-- The ledger that caches read, so that nothing they hold is stale after a write: see src/cache/postgres and docs on the protocol there.

-- The epoch: one row while this server runs over this database. UNLOGGED, so that a crash and the promotion of a standby empty it.
CREATE UNLOGGED TABLE cache_boot (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch text NOT NULL DEFAULT gen_random_uuid()::text,
  identity text NOT NULL,
  made timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What statements changed, written by the triggers below in the transaction of the writer. A change: columns, a blank, a tag.
CREATE TABLE cache_event (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  changes text[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX cache_event_xid_idx ON cache_event (xid);

-- The instances that hold leases. Updated twice a second each; room in the pages keeps that from touching the index.
CREATE TABLE cache_member (
  id text PRIMARY KEY,
  beat bigint NOT NULL DEFAULT 0,
  position pg_snapshot
) WITH (fillfactor = 50);

-- Events below have been pruned, or were never written: the floor rises when the triggers of `capture` (see src/cache/postgres/capture.ts) have changed.
CREATE TABLE cache_floor (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  xid xid8 NOT NULL,
  capture text
);
INSERT INTO cache_floor (xid) VALUES ('0');

-- The key of the HMACs by which instances know their own entries and messages.
CREATE TABLE cache_secret (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  key bytea NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
);
INSERT INTO cache_secret DEFAULT VALUES;

-- From here on made by "npm run db:diff" from prisma/schema.prisma.

CREATE OR REPLACE FUNCTION "larder_capture_Agent"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Agent!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Agent',
        'Agent:' || r."id"::text,
        'Agent[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']',
        'Agent[category=' || coalesce(CASE WHEN octet_length(r."category") > 100 THEN '#' || md5(r."category") ELSE to_json(r."category"::text)::text END, 'null') || ']',
        'Agent[featured=' || coalesce(r."featured"::text, 'null') || ']',
        'Agent[pricing=' || coalesce(r."pricing"::text, 'null') || ']',
        'Agent[authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Agent',
        'Agent:' || r."id"::text,
        'Agent[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']',
        'Agent[category=' || coalesce(CASE WHEN octet_length(r."category") > 100 THEN '#' || md5(r."category") ELSE to_json(r."category"::text)::text END, 'null') || ']',
        'Agent[featured=' || coalesce(r."featured"::text, 'null') || ']',
        'Agent[pricing=' || coalesce(r."pricing"::text, 'null') || ']',
        'Agent[authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."slug")::record *<> ROW(n."slug")::record THEN 'slug' END,
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."tagline")::record *<> ROW(n."tagline")::record THEN 'tagline' END,
            CASE WHEN ROW(o."description")::record *<> ROW(n."description")::record THEN 'description' END,
            CASE WHEN ROW(o."category")::record *<> ROW(n."category")::record THEN 'category' END,
            CASE WHEN ROW(o."imageUrl")::record *<> ROW(n."imageUrl")::record THEN 'imageUrl' END,
            CASE WHEN ROW(o."featured")::record *<> ROW(n."featured")::record THEN 'featured' END,
            CASE WHEN ROW(o."pricing")::record *<> ROW(n."pricing")::record THEN 'pricing' END,
            CASE WHEN ROW(o."price")::record *<> ROW(n."price")::record THEN 'price' END,
            CASE WHEN ROW(o."installCount")::record *<> ROW(n."installCount")::record THEN 'installCount' END,
            CASE WHEN ROW(o."trendScore")::record *<> ROW(n."trendScore")::record THEN 'trendScore' END,
            CASE WHEN ROW(o."ratingSum")::record *<> ROW(n."ratingSum")::record THEN 'ratingSum' END,
            CASE WHEN ROW(o."reviewCount")::record *<> ROW(n."reviewCount")::record THEN 'reviewCount' END,
            CASE WHEN ROW(o."rating")::record *<> ROW(n."rating")::record THEN 'rating' END,
            CASE WHEN ROW(o."authorId")::record *<> ROW(n."authorId")::record THEN 'authorId' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Agent:' || n."id"::text, 'Agent:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Agent[slug=' || coalesce(CASE WHEN octet_length(o."slug") > 100 THEN '#' || md5(o."slug") ELSE to_json(o."slug"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Agent[slug=' || coalesce(CASE WHEN octet_length(n."slug") > 100 THEN '#' || md5(n."slug") ELSE to_json(n."slug"::text)::text END, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Agent[category=' || coalesce(CASE WHEN octet_length(o."category") > 100 THEN '#' || md5(o."category") ELSE to_json(o."category"::text)::text END, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Agent[category=' || coalesce(CASE WHEN octet_length(n."category") > 100 THEN '#' || md5(n."category") ELSE to_json(n."category"::text)::text END, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Agent[featured=' || coalesce(o."featured"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Agent[featured=' || coalesce(n."featured"::text, 'null') || ']' END AS new2,
          CASE WHEN o."id" IS NOT NULL THEN 'Agent[pricing=' || coalesce(o."pricing"::text, 'null') || ']' END AS old3,
          CASE WHEN n."id" IS NOT NULL THEN 'Agent[pricing=' || coalesce(n."pricing"::text, 'null') || ']' END AS new3,
          CASE WHEN o."id" IS NOT NULL THEN 'Agent[authorId=' || coalesce(o."authorId"::text, 'null') || ']' END AS old4,
          CASE WHEN n."id" IS NOT NULL THEN 'Agent[authorId=' || coalesce(n."authorId"::text, 'null') || ']' END AS new4
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Agent',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || old3,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || new3,
        CASE WHEN old4 = new4 THEN columns ELSE '*' END || ' ' || old4,
        CASE WHEN old4 = new4 THEN columns ELSE '*' END || ' ' || new4
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Agent"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Agent"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Agent"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Agent"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Agent"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Agent"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Agent"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Agent"();
ALTER TABLE "Agent"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Category"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Category!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Category',
        'Category:' || r."slug"::text,
        'Category[name=' || coalesce(CASE WHEN octet_length(r."name") > 100 THEN '#' || md5(r."name") ELSE to_json(r."name"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Category',
        'Category:' || r."slug"::text,
        'Category[name=' || coalesce(CASE WHEN octet_length(r."name") > 100 THEN '#' || md5(r."name") ELSE to_json(r."name"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."slug" IS NOT NULL AND n."slug" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."agentCount")::record *<> ROW(n."agentCount")::record THEN 'agentCount' END) ELSE '*' END AS columns,
          coalesce('Category:' || n."slug"::text, 'Category:' || o."slug"::text) AS row,
          CASE WHEN o."slug" IS NOT NULL THEN 'Category[name=' || coalesce(CASE WHEN octet_length(o."name") > 100 THEN '#' || md5(o."name") ELSE to_json(o."name"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."slug" IS NOT NULL THEN 'Category[name=' || coalesce(CASE WHEN octet_length(n."name") > 100 THEN '#' || md5(n."name") ELSE to_json(n."name"::text)::text END, 'null') || ']' END AS new0
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."slug" = n."slug" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Category',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Category"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Category"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Category"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Category"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Category"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Category"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Category"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Category"();
ALTER TABLE "Category"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Collection"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Collection!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Collection',
        'Collection:' || r."id"::text,
        'Collection[chain=' || coalesce(r."chain"::text, 'null') || ']',
        'Collection[address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']',
        'Collection[verified=' || coalesce(r."verified"::text, 'null') || ']',
        'Collection[chain=' || coalesce(r."chain"::text, 'null') || ',address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Collection',
        'Collection:' || r."id"::text,
        'Collection[chain=' || coalesce(r."chain"::text, 'null') || ']',
        'Collection[address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']',
        'Collection[verified=' || coalesce(r."verified"::text, 'null') || ']',
        'Collection[chain=' || coalesce(r."chain"::text, 'null') || ',address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."chain")::record *<> ROW(n."chain")::record THEN 'chain' END,
            CASE WHEN ROW(o."address")::record *<> ROW(n."address")::record THEN 'address' END,
            CASE WHEN ROW(o."standard")::record *<> ROW(n."standard")::record THEN 'standard' END,
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."symbol")::record *<> ROW(n."symbol")::record THEN 'symbol' END,
            CASE WHEN ROW(o."description")::record *<> ROW(n."description")::record THEN 'description' END,
            CASE WHEN ROW(o."imageUrl")::record *<> ROW(n."imageUrl")::record THEN 'imageUrl' END,
            CASE WHEN ROW(o."verified")::record *<> ROW(n."verified")::record THEN 'verified' END,
            CASE WHEN ROW(o."floorPrice")::record *<> ROW(n."floorPrice")::record THEN 'floorPrice' END,
            CASE WHEN ROW(o."nftCount")::record *<> ROW(n."nftCount")::record THEN 'nftCount' END,
            CASE WHEN ROW(o."ownerCount")::record *<> ROW(n."ownerCount")::record THEN 'ownerCount' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Collection:' || n."id"::text, 'Collection:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Collection[chain=' || coalesce(o."chain"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Collection[chain=' || coalesce(n."chain"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Collection[address=' || coalesce(CASE WHEN octet_length(o."address") > 100 THEN '#' || md5(o."address") ELSE to_json(o."address"::text)::text END, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Collection[address=' || coalesce(CASE WHEN octet_length(n."address") > 100 THEN '#' || md5(n."address") ELSE to_json(n."address"::text)::text END, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Collection[verified=' || coalesce(o."verified"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Collection[verified=' || coalesce(n."verified"::text, 'null') || ']' END AS new2,
          CASE WHEN o."id" IS NOT NULL THEN 'Collection[chain=' || coalesce(o."chain"::text, 'null') || ',address=' || coalesce(CASE WHEN octet_length(o."address") > 100 THEN '#' || md5(o."address") ELSE to_json(o."address"::text)::text END, 'null') || ']' END AS old3,
          CASE WHEN n."id" IS NOT NULL THEN 'Collection[chain=' || coalesce(n."chain"::text, 'null') || ',address=' || coalesce(CASE WHEN octet_length(n."address") > 100 THEN '#' || md5(n."address") ELSE to_json(n."address"::text)::text END, 'null') || ']' END AS new3
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Collection',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || old3,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || new3
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Collection"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Collection"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Collection"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Collection"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Collection"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Collection"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Collection"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Collection"();
ALTER TABLE "Collection"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Holding"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Holding!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Holding',
        'Holding:' || r."walletId"::text || ',' || r."collectionId"::text,
        'Holding[walletId=' || coalesce(r."walletId"::text, 'null') || ']',
        'Holding[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Holding',
        'Holding:' || r."walletId"::text || ',' || r."collectionId"::text,
        'Holding[walletId=' || coalesce(r."walletId"::text, 'null') || ']',
        'Holding[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."walletId" IS NOT NULL AND n."walletId" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."tokenCount")::record *<> ROW(n."tokenCount")::record THEN 'tokenCount' END) ELSE '*' END AS columns,
          coalesce('Holding:' || n."walletId"::text || ',' || n."collectionId"::text, 'Holding:' || o."walletId"::text || ',' || o."collectionId"::text) AS row,
          CASE WHEN o."walletId" IS NOT NULL THEN 'Holding[walletId=' || coalesce(o."walletId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."walletId" IS NOT NULL THEN 'Holding[walletId=' || coalesce(n."walletId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."walletId" IS NOT NULL THEN 'Holding[collectionId=' || coalesce(o."collectionId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."walletId" IS NOT NULL THEN 'Holding[collectionId=' || coalesce(n."collectionId"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."walletId" = n."walletId" AND o."collectionId" = n."collectionId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Holding',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Holding"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Holding"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Holding"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Holding"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Holding"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Holding"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Holding"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Holding"();
ALTER TABLE "Holding"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Installation"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Installation!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Installation',
        'Installation:' || r."id"::text,
        'Installation[agentId=' || coalesce(r."agentId"::text, 'null') || ']',
        'Installation[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']',
        'Installation[installedById=' || coalesce(r."installedById"::text, 'null') || ']',
        'Installation[agentId=' || coalesce(r."agentId"::text, 'null') || ',workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Installation',
        'Installation:' || r."id"::text,
        'Installation[agentId=' || coalesce(r."agentId"::text, 'null') || ']',
        'Installation[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']',
        'Installation[installedById=' || coalesce(r."installedById"::text, 'null') || ']',
        'Installation[agentId=' || coalesce(r."agentId"::text, 'null') || ',workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."agentId")::record *<> ROW(n."agentId")::record THEN 'agentId' END,
            CASE WHEN ROW(o."workspaceId")::record *<> ROW(n."workspaceId")::record THEN 'workspaceId' END,
            CASE WHEN ROW(o."installedById")::record *<> ROW(n."installedById")::record THEN 'installedById' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Installation:' || n."id"::text, 'Installation:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Installation[agentId=' || coalesce(o."agentId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Installation[agentId=' || coalesce(n."agentId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Installation[workspaceId=' || coalesce(o."workspaceId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Installation[workspaceId=' || coalesce(n."workspaceId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Installation[installedById=' || coalesce(o."installedById"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Installation[installedById=' || coalesce(n."installedById"::text, 'null') || ']' END AS new2,
          CASE WHEN o."id" IS NOT NULL THEN 'Installation[agentId=' || coalesce(o."agentId"::text, 'null') || ',workspaceId=' || coalesce(o."workspaceId"::text, 'null') || ']' END AS old3,
          CASE WHEN n."id" IS NOT NULL THEN 'Installation[agentId=' || coalesce(n."agentId"::text, 'null') || ',workspaceId=' || coalesce(n."workspaceId"::text, 'null') || ']' END AS new3
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Installation',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || old3,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || new3
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Installation"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Installation"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Installation"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Installation"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Installation"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Installation"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Installation"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Installation"();
ALTER TABLE "Installation"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Nft"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Nft!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Nft',
        'Nft:' || r."id"::text,
        'Nft[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Nft[ownerId=' || coalesce(r."ownerId"::text, 'null') || ']',
        'Nft[collectionId=' || coalesce(r."collectionId"::text, 'null') || ',tokenId=' || coalesce(trim_scale(r."tokenId")::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Nft',
        'Nft:' || r."id"::text,
        'Nft[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Nft[ownerId=' || coalesce(r."ownerId"::text, 'null') || ']',
        'Nft[collectionId=' || coalesce(r."collectionId"::text, 'null') || ',tokenId=' || coalesce(trim_scale(r."tokenId")::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."collectionId")::record *<> ROW(n."collectionId")::record THEN 'collectionId' END,
            CASE WHEN ROW(o."tokenId")::record *<> ROW(n."tokenId")::record THEN 'tokenId' END,
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."description")::record *<> ROW(n."description")::record THEN 'description' END,
            CASE WHEN ROW(o."imageUrl")::record *<> ROW(n."imageUrl")::record THEN 'imageUrl' END,
            CASE WHEN ROW(o."rarityRank")::record *<> ROW(n."rarityRank")::record THEN 'rarityRank' END,
            CASE WHEN ROW(o."ownerId")::record *<> ROW(n."ownerId")::record THEN 'ownerId' END,
            CASE WHEN ROW(o."ownerVerifiedAt")::record *<> ROW(n."ownerVerifiedAt")::record THEN 'ownerVerifiedAt' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Nft:' || n."id"::text, 'Nft:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Nft[collectionId=' || coalesce(o."collectionId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Nft[collectionId=' || coalesce(n."collectionId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Nft[ownerId=' || coalesce(o."ownerId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Nft[ownerId=' || coalesce(n."ownerId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Nft[collectionId=' || coalesce(o."collectionId"::text, 'null') || ',tokenId=' || coalesce(trim_scale(o."tokenId")::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Nft[collectionId=' || coalesce(n."collectionId"::text, 'null') || ',tokenId=' || coalesce(trim_scale(n."tokenId")::text, 'null') || ']' END AS new2
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Nft',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Nft"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Nft"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Nft"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Nft"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Nft"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Nft"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Nft"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Nft"();
ALTER TABLE "Nft"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_NftTrait"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* NftTrait!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'NftTrait',
        'NftTrait:' || r."nftId"::text || ',' || r."traitId"::text,
        'NftTrait[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'NftTrait[traitId=' || coalesce(r."traitId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'NftTrait',
        'NftTrait:' || r."nftId"::text || ',' || r."traitId"::text,
        'NftTrait[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'NftTrait[traitId=' || coalesce(r."traitId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."nftId" IS NOT NULL AND n."nftId" IS NOT NULL THEN '' ELSE '*' END AS columns,
          coalesce('NftTrait:' || n."nftId"::text || ',' || n."traitId"::text, 'NftTrait:' || o."nftId"::text || ',' || o."traitId"::text) AS row,
          CASE WHEN o."nftId" IS NOT NULL THEN 'NftTrait[nftId=' || coalesce(o."nftId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."nftId" IS NOT NULL THEN 'NftTrait[nftId=' || coalesce(n."nftId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."nftId" IS NOT NULL THEN 'NftTrait[traitId=' || coalesce(o."traitId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."nftId" IS NOT NULL THEN 'NftTrait[traitId=' || coalesce(n."traitId"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."nftId" = n."nftId" AND o."traitId" = n."traitId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'NftTrait',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "NftTrait"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_NftTrait"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "NftTrait"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_NftTrait"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "NftTrait"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_NftTrait"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "NftTrait"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_NftTrait"();
ALTER TABLE "NftTrait"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Ownership"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Ownership!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Ownership',
        'Ownership:' || r."nftId"::text || ',' || r."walletId"::text,
        'Ownership[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'Ownership[walletId=' || coalesce(r."walletId"::text, 'null') || ']',
        'Ownership[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Ownership',
        'Ownership:' || r."nftId"::text || ',' || r."walletId"::text,
        'Ownership[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'Ownership[walletId=' || coalesce(r."walletId"::text, 'null') || ']',
        'Ownership[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."nftId" IS NOT NULL AND n."nftId" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."collectionId")::record *<> ROW(n."collectionId")::record THEN 'collectionId' END,
            CASE WHEN ROW(o."quantity")::record *<> ROW(n."quantity")::record THEN 'quantity' END) ELSE '*' END AS columns,
          coalesce('Ownership:' || n."nftId"::text || ',' || n."walletId"::text, 'Ownership:' || o."nftId"::text || ',' || o."walletId"::text) AS row,
          CASE WHEN o."nftId" IS NOT NULL THEN 'Ownership[nftId=' || coalesce(o."nftId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."nftId" IS NOT NULL THEN 'Ownership[nftId=' || coalesce(n."nftId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."nftId" IS NOT NULL THEN 'Ownership[walletId=' || coalesce(o."walletId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."nftId" IS NOT NULL THEN 'Ownership[walletId=' || coalesce(n."walletId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."nftId" IS NOT NULL THEN 'Ownership[collectionId=' || coalesce(o."collectionId"::text, 'null') || ']' END AS old2,
          CASE WHEN n."nftId" IS NOT NULL THEN 'Ownership[collectionId=' || coalesce(n."collectionId"::text, 'null') || ']' END AS new2
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."nftId" = n."nftId" AND o."walletId" = n."walletId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Ownership',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Ownership"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Ownership"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Ownership"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Ownership"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Ownership"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Ownership"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Ownership"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Ownership"();
ALTER TABLE "Ownership"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Review"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Review!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Review',
        'Review:' || r."id"::text,
        'Review[agentId=' || coalesce(r."agentId"::text, 'null') || ']',
        'Review[authorId=' || coalesce(r."authorId"::text, 'null') || ']',
        'Review[agentId=' || coalesce(r."agentId"::text, 'null') || ',authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Review',
        'Review:' || r."id"::text,
        'Review[agentId=' || coalesce(r."agentId"::text, 'null') || ']',
        'Review[authorId=' || coalesce(r."authorId"::text, 'null') || ']',
        'Review[agentId=' || coalesce(r."agentId"::text, 'null') || ',authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."agentId")::record *<> ROW(n."agentId")::record THEN 'agentId' END,
            CASE WHEN ROW(o."authorId")::record *<> ROW(n."authorId")::record THEN 'authorId' END,
            CASE WHEN ROW(o."rating")::record *<> ROW(n."rating")::record THEN 'rating' END,
            CASE WHEN ROW(o."comment")::record *<> ROW(n."comment")::record THEN 'comment' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Review:' || n."id"::text, 'Review:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Review[agentId=' || coalesce(o."agentId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Review[agentId=' || coalesce(n."agentId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Review[authorId=' || coalesce(o."authorId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Review[authorId=' || coalesce(n."authorId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Review[agentId=' || coalesce(o."agentId"::text, 'null') || ',authorId=' || coalesce(o."authorId"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Review[agentId=' || coalesce(n."agentId"::text, 'null') || ',authorId=' || coalesce(n."authorId"::text, 'null') || ']' END AS new2
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Review',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Review"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Review"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Review"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Review"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Review"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Review"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Review"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Review"();
ALTER TABLE "Review"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Template"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Template!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Template',
        'Template:' || r."id"::text,
        'Template[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']',
        'Template[category=' || coalesce(CASE WHEN octet_length(r."category") > 100 THEN '#' || md5(r."category") ELSE to_json(r."category"::text)::text END, 'null') || ']',
        'Template[complexity=' || coalesce(r."complexity"::text, 'null') || ']',
        'Template[featured=' || coalesce(r."featured"::text, 'null') || ']',
        'Template[authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Template',
        'Template:' || r."id"::text,
        'Template[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']',
        'Template[category=' || coalesce(CASE WHEN octet_length(r."category") > 100 THEN '#' || md5(r."category") ELSE to_json(r."category"::text)::text END, 'null') || ']',
        'Template[complexity=' || coalesce(r."complexity"::text, 'null') || ']',
        'Template[featured=' || coalesce(r."featured"::text, 'null') || ']',
        'Template[authorId=' || coalesce(r."authorId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."slug")::record *<> ROW(n."slug")::record THEN 'slug' END,
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."description")::record *<> ROW(n."description")::record THEN 'description' END,
            CASE WHEN ROW(o."category")::record *<> ROW(n."category")::record THEN 'category' END,
            CASE WHEN ROW(o."complexity")::record *<> ROW(n."complexity")::record THEN 'complexity' END,
            CASE WHEN ROW(o."featured")::record *<> ROW(n."featured")::record THEN 'featured' END,
            CASE WHEN ROW(o."useCount")::record *<> ROW(n."useCount")::record THEN 'useCount' END,
            CASE WHEN ROW(o."authorId")::record *<> ROW(n."authorId")::record THEN 'authorId' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Template:' || n."id"::text, 'Template:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Template[slug=' || coalesce(CASE WHEN octet_length(o."slug") > 100 THEN '#' || md5(o."slug") ELSE to_json(o."slug"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Template[slug=' || coalesce(CASE WHEN octet_length(n."slug") > 100 THEN '#' || md5(n."slug") ELSE to_json(n."slug"::text)::text END, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Template[category=' || coalesce(CASE WHEN octet_length(o."category") > 100 THEN '#' || md5(o."category") ELSE to_json(o."category"::text)::text END, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Template[category=' || coalesce(CASE WHEN octet_length(n."category") > 100 THEN '#' || md5(n."category") ELSE to_json(n."category"::text)::text END, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Template[complexity=' || coalesce(o."complexity"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Template[complexity=' || coalesce(n."complexity"::text, 'null') || ']' END AS new2,
          CASE WHEN o."id" IS NOT NULL THEN 'Template[featured=' || coalesce(o."featured"::text, 'null') || ']' END AS old3,
          CASE WHEN n."id" IS NOT NULL THEN 'Template[featured=' || coalesce(n."featured"::text, 'null') || ']' END AS new3,
          CASE WHEN o."id" IS NOT NULL THEN 'Template[authorId=' || coalesce(o."authorId"::text, 'null') || ']' END AS old4,
          CASE WHEN n."id" IS NOT NULL THEN 'Template[authorId=' || coalesce(n."authorId"::text, 'null') || ']' END AS new4
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Template',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || old3,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || new3,
        CASE WHEN old4 = new4 THEN columns ELSE '*' END || ' ' || old4,
        CASE WHEN old4 = new4 THEN columns ELSE '*' END || ' ' || new4
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Template"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Template"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Template"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Template"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Template"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Template"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Template"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Template"();
ALTER TABLE "Template"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_TemplateStep"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* TemplateStep!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'TemplateStep',
        'TemplateStep:' || r."templateId"::text || ',' || r."position"::text,
        'TemplateStep[templateId=' || coalesce(r."templateId"::text, 'null') || ']',
        'TemplateStep[agentId=' || coalesce(r."agentId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'TemplateStep',
        'TemplateStep:' || r."templateId"::text || ',' || r."position"::text,
        'TemplateStep[templateId=' || coalesce(r."templateId"::text, 'null') || ']',
        'TemplateStep[agentId=' || coalesce(r."agentId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."templateId" IS NOT NULL AND n."templateId" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."title")::record *<> ROW(n."title")::record THEN 'title' END,
            CASE WHEN ROW(o."instruction")::record *<> ROW(n."instruction")::record THEN 'instruction' END,
            CASE WHEN ROW(o."agentId")::record *<> ROW(n."agentId")::record THEN 'agentId' END) ELSE '*' END AS columns,
          coalesce('TemplateStep:' || n."templateId"::text || ',' || n."position"::text, 'TemplateStep:' || o."templateId"::text || ',' || o."position"::text) AS row,
          CASE WHEN o."templateId" IS NOT NULL THEN 'TemplateStep[templateId=' || coalesce(o."templateId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."templateId" IS NOT NULL THEN 'TemplateStep[templateId=' || coalesce(n."templateId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."templateId" IS NOT NULL THEN 'TemplateStep[agentId=' || coalesce(o."agentId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."templateId" IS NOT NULL THEN 'TemplateStep[agentId=' || coalesce(n."agentId"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."templateId" = n."templateId" AND o."position" = n."position" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'TemplateStep',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "TemplateStep"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateStep"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "TemplateStep"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateStep"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "TemplateStep"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateStep"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "TemplateStep"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateStep"();
ALTER TABLE "TemplateStep"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_TemplateUse"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* TemplateUse!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'TemplateUse',
        'TemplateUse:' || r."id"::text,
        'TemplateUse[templateId=' || coalesce(r."templateId"::text, 'null') || ']',
        'TemplateUse[userId=' || coalesce(r."userId"::text, 'null') || ']',
        'TemplateUse[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'TemplateUse',
        'TemplateUse:' || r."id"::text,
        'TemplateUse[templateId=' || coalesce(r."templateId"::text, 'null') || ']',
        'TemplateUse[userId=' || coalesce(r."userId"::text, 'null') || ']',
        'TemplateUse[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."templateId")::record *<> ROW(n."templateId")::record THEN 'templateId' END,
            CASE WHEN ROW(o."userId")::record *<> ROW(n."userId")::record THEN 'userId' END,
            CASE WHEN ROW(o."workspaceId")::record *<> ROW(n."workspaceId")::record THEN 'workspaceId' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('TemplateUse:' || n."id"::text, 'TemplateUse:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'TemplateUse[templateId=' || coalesce(o."templateId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'TemplateUse[templateId=' || coalesce(n."templateId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'TemplateUse[userId=' || coalesce(o."userId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'TemplateUse[userId=' || coalesce(n."userId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'TemplateUse[workspaceId=' || coalesce(o."workspaceId"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'TemplateUse[workspaceId=' || coalesce(n."workspaceId"::text, 'null') || ']' END AS new2
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'TemplateUse',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "TemplateUse"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateUse"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "TemplateUse"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateUse"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "TemplateUse"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateUse"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "TemplateUse"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_TemplateUse"();
ALTER TABLE "TemplateUse"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Trait"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Trait!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Trait',
        'Trait:' || r."id"::text,
        'Trait[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Trait[collectionId=' || coalesce(r."collectionId"::text, 'null') || ',traitType=' || coalesce(CASE WHEN octet_length(r."traitType") > 100 THEN '#' || md5(r."traitType") ELSE to_json(r."traitType"::text)::text END, 'null') || ',value=' || coalesce(CASE WHEN octet_length(r."value") > 100 THEN '#' || md5(r."value") ELSE to_json(r."value"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Trait',
        'Trait:' || r."id"::text,
        'Trait[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Trait[collectionId=' || coalesce(r."collectionId"::text, 'null') || ',traitType=' || coalesce(CASE WHEN octet_length(r."traitType") > 100 THEN '#' || md5(r."traitType") ELSE to_json(r."traitType"::text)::text END, 'null') || ',value=' || coalesce(CASE WHEN octet_length(r."value") > 100 THEN '#' || md5(r."value") ELSE to_json(r."value"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."collectionId")::record *<> ROW(n."collectionId")::record THEN 'collectionId' END,
            CASE WHEN ROW(o."traitType")::record *<> ROW(n."traitType")::record THEN 'traitType' END,
            CASE WHEN ROW(o."value")::record *<> ROW(n."value")::record THEN 'value' END,
            CASE WHEN ROW(o."nftCount")::record *<> ROW(n."nftCount")::record THEN 'nftCount' END) ELSE '*' END AS columns,
          coalesce('Trait:' || n."id"::text, 'Trait:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Trait[collectionId=' || coalesce(o."collectionId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Trait[collectionId=' || coalesce(n."collectionId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Trait[collectionId=' || coalesce(o."collectionId"::text, 'null') || ',traitType=' || coalesce(CASE WHEN octet_length(o."traitType") > 100 THEN '#' || md5(o."traitType") ELSE to_json(o."traitType"::text)::text END, 'null') || ',value=' || coalesce(CASE WHEN octet_length(o."value") > 100 THEN '#' || md5(o."value") ELSE to_json(o."value"::text)::text END, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Trait[collectionId=' || coalesce(n."collectionId"::text, 'null') || ',traitType=' || coalesce(CASE WHEN octet_length(n."traitType") > 100 THEN '#' || md5(n."traitType") ELSE to_json(n."traitType"::text)::text END, 'null') || ',value=' || coalesce(CASE WHEN octet_length(n."value") > 100 THEN '#' || md5(n."value") ELSE to_json(n."value"::text)::text END, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Trait',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Trait"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Trait"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Trait"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Trait"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Trait"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Trait"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Trait"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Trait"();
ALTER TABLE "Trait"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Transfer"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Transfer!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Transfer',
        'Transfer:' || r."id"::text,
        'Transfer[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'Transfer[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Transfer[fromId=' || coalesce(r."fromId"::text, 'null') || ']',
        'Transfer[toId=' || coalesce(r."toId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Transfer',
        'Transfer:' || r."id"::text,
        'Transfer[nftId=' || coalesce(r."nftId"::text, 'null') || ']',
        'Transfer[collectionId=' || coalesce(r."collectionId"::text, 'null') || ']',
        'Transfer[fromId=' || coalesce(r."fromId"::text, 'null') || ']',
        'Transfer[toId=' || coalesce(r."toId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."nftId")::record *<> ROW(n."nftId")::record THEN 'nftId' END,
            CASE WHEN ROW(o."collectionId")::record *<> ROW(n."collectionId")::record THEN 'collectionId' END,
            CASE WHEN ROW(o."fromId")::record *<> ROW(n."fromId")::record THEN 'fromId' END,
            CASE WHEN ROW(o."toId")::record *<> ROW(n."toId")::record THEN 'toId' END,
            CASE WHEN ROW(o."quantity")::record *<> ROW(n."quantity")::record THEN 'quantity' END,
            CASE WHEN ROW(o."time")::record *<> ROW(n."time")::record THEN 'time' END) ELSE '*' END AS columns,
          coalesce('Transfer:' || n."id"::text, 'Transfer:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Transfer[nftId=' || coalesce(o."nftId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Transfer[nftId=' || coalesce(n."nftId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Transfer[collectionId=' || coalesce(o."collectionId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Transfer[collectionId=' || coalesce(n."collectionId"::text, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'Transfer[fromId=' || coalesce(o."fromId"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'Transfer[fromId=' || coalesce(n."fromId"::text, 'null') || ']' END AS new2,
          CASE WHEN o."id" IS NOT NULL THEN 'Transfer[toId=' || coalesce(o."toId"::text, 'null') || ']' END AS old3,
          CASE WHEN n."id" IS NOT NULL THEN 'Transfer[toId=' || coalesce(n."toId"::text, 'null') || ']' END AS new3
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Transfer',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || old3,
        CASE WHEN old3 = new3 THEN columns ELSE '*' END || ' ' || new3
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Transfer"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Transfer"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Transfer"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Transfer"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Transfer"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Transfer"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Transfer"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Transfer"();
ALTER TABLE "Transfer"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_User"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* User!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'User',
        'User:' || r."id"::text,
        'User[subject=' || coalesce(CASE WHEN octet_length(r."subject") > 100 THEN '#' || md5(r."subject") ELSE to_json(r."subject"::text)::text END, 'null') || ']',
        'User[username=' || coalesce(CASE WHEN octet_length(r."username") > 100 THEN '#' || md5(r."username") ELSE to_json(r."username"::text)::text END, 'null') || ']',
        'User[fid=' || coalesce(r."fid"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'User',
        'User:' || r."id"::text,
        'User[subject=' || coalesce(CASE WHEN octet_length(r."subject") > 100 THEN '#' || md5(r."subject") ELSE to_json(r."subject"::text)::text END, 'null') || ']',
        'User[username=' || coalesce(CASE WHEN octet_length(r."username") > 100 THEN '#' || md5(r."username") ELSE to_json(r."username"::text)::text END, 'null') || ']',
        'User[fid=' || coalesce(r."fid"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."subject")::record *<> ROW(n."subject")::record THEN 'subject' END,
            CASE WHEN ROW(o."username")::record *<> ROW(n."username")::record THEN 'username' END,
            CASE WHEN ROW(o."displayName")::record *<> ROW(n."displayName")::record THEN 'displayName' END,
            CASE WHEN ROW(o."avatarUrl")::record *<> ROW(n."avatarUrl")::record THEN 'avatarUrl' END,
            CASE WHEN ROW(o."fid")::record *<> ROW(n."fid")::record THEN 'fid' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('User:' || n."id"::text, 'User:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'User[subject=' || coalesce(CASE WHEN octet_length(o."subject") > 100 THEN '#' || md5(o."subject") ELSE to_json(o."subject"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'User[subject=' || coalesce(CASE WHEN octet_length(n."subject") > 100 THEN '#' || md5(n."subject") ELSE to_json(n."subject"::text)::text END, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'User[username=' || coalesce(CASE WHEN octet_length(o."username") > 100 THEN '#' || md5(o."username") ELSE to_json(o."username"::text)::text END, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'User[username=' || coalesce(CASE WHEN octet_length(n."username") > 100 THEN '#' || md5(n."username") ELSE to_json(n."username"::text)::text END, 'null') || ']' END AS new1,
          CASE WHEN o."id" IS NOT NULL THEN 'User[fid=' || coalesce(o."fid"::text, 'null') || ']' END AS old2,
          CASE WHEN n."id" IS NOT NULL THEN 'User[fid=' || coalesce(n."fid"::text, 'null') || ']' END AS new2
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'User',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || old2,
        CASE WHEN old2 = new2 THEN columns ELSE '*' END || ' ' || new2
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "User"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_User"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "User"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_User"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "User"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_User"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "User"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_User"();
ALTER TABLE "User"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Wallet"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Wallet!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Wallet',
        'Wallet:' || r."id"::text,
        'Wallet[address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']',
        'Wallet[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Wallet',
        'Wallet:' || r."id"::text,
        'Wallet[address=' || coalesce(CASE WHEN octet_length(r."address") > 100 THEN '#' || md5(r."address") ELSE to_json(r."address"::text)::text END, 'null') || ']',
        'Wallet[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."address")::record *<> ROW(n."address")::record THEN 'address' END,
            CASE WHEN ROW(o."userId")::record *<> ROW(n."userId")::record THEN 'userId' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Wallet:' || n."id"::text, 'Wallet:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Wallet[address=' || coalesce(CASE WHEN octet_length(o."address") > 100 THEN '#' || md5(o."address") ELSE to_json(o."address"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Wallet[address=' || coalesce(CASE WHEN octet_length(n."address") > 100 THEN '#' || md5(n."address") ELSE to_json(n."address"::text)::text END, 'null') || ']' END AS new0,
          CASE WHEN o."id" IS NOT NULL THEN 'Wallet[userId=' || coalesce(o."userId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."id" IS NOT NULL THEN 'Wallet[userId=' || coalesce(n."userId"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Wallet',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Wallet"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Wallet"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Wallet"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Wallet"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Wallet"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Wallet"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Wallet"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Wallet"();
ALTER TABLE "Wallet"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_WalletNonce"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* WalletNonce!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'WalletNonce',
        'WalletNonce:' || r."nonce"::text,
        'WalletNonce[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'WalletNonce',
        'WalletNonce:' || r."nonce"::text,
        'WalletNonce[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."nonce" IS NOT NULL AND n."nonce" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."userId")::record *<> ROW(n."userId")::record THEN 'userId' END,
            CASE WHEN ROW(o."expiresAt")::record *<> ROW(n."expiresAt")::record THEN 'expiresAt' END) ELSE '*' END AS columns,
          coalesce('WalletNonce:' || n."nonce"::text, 'WalletNonce:' || o."nonce"::text) AS row,
          CASE WHEN o."nonce" IS NOT NULL THEN 'WalletNonce[userId=' || coalesce(o."userId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."nonce" IS NOT NULL THEN 'WalletNonce[userId=' || coalesce(n."userId"::text, 'null') || ']' END AS new0
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."nonce" = n."nonce" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'WalletNonce',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "WalletNonce"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WalletNonce"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "WalletNonce"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WalletNonce"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "WalletNonce"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WalletNonce"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "WalletNonce"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WalletNonce"();
ALTER TABLE "WalletNonce"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_Workspace"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* Workspace!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Workspace',
        'Workspace:' || r."id"::text,
        'Workspace[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'Workspace',
        'Workspace:' || r."id"::text,
        'Workspace[slug=' || coalesce(CASE WHEN octet_length(r."slug") > 100 THEN '#' || md5(r."slug") ELSE to_json(r."slug"::text)::text END, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."id" IS NOT NULL AND n."id" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."slug")::record *<> ROW(n."slug")::record THEN 'slug' END,
            CASE WHEN ROW(o."name")::record *<> ROW(n."name")::record THEN 'name' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('Workspace:' || n."id"::text, 'Workspace:' || o."id"::text) AS row,
          CASE WHEN o."id" IS NOT NULL THEN 'Workspace[slug=' || coalesce(CASE WHEN octet_length(o."slug") > 100 THEN '#' || md5(o."slug") ELSE to_json(o."slug"::text)::text END, 'null') || ']' END AS old0,
          CASE WHEN n."id" IS NOT NULL THEN 'Workspace[slug=' || coalesce(CASE WHEN octet_length(n."slug") > 100 THEN '#' || md5(n."slug") ELSE to_json(n."slug"::text)::text END, 'null') || ']' END AS new0
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."id" = n."id" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'Workspace',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "Workspace"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Workspace"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "Workspace"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Workspace"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "Workspace"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Workspace"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "Workspace"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_Workspace"();
ALTER TABLE "Workspace"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

CREATE OR REPLACE FUNCTION "larder_capture_WorkspaceMember"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* WorkspaceMember!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'WorkspaceMember',
        'WorkspaceMember:' || r."workspaceId"::text || ',' || r."userId"::text,
        'WorkspaceMember[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']',
        'WorkspaceMember[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'WorkspaceMember',
        'WorkspaceMember:' || r."workspaceId"::text || ',' || r."userId"::text,
        'WorkspaceMember[workspaceId=' || coalesce(r."workspaceId"::text, 'null') || ']',
        'WorkspaceMember[userId=' || coalesce(r."userId"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."workspaceId" IS NOT NULL AND n."workspaceId" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."role")::record *<> ROW(n."role")::record THEN 'role' END,
            CASE WHEN ROW(o."createdAt")::record *<> ROW(n."createdAt")::record THEN 'createdAt' END) ELSE '*' END AS columns,
          coalesce('WorkspaceMember:' || n."workspaceId"::text || ',' || n."userId"::text, 'WorkspaceMember:' || o."workspaceId"::text || ',' || o."userId"::text) AS row,
          CASE WHEN o."workspaceId" IS NOT NULL THEN 'WorkspaceMember[workspaceId=' || coalesce(o."workspaceId"::text, 'null') || ']' END AS old0,
          CASE WHEN n."workspaceId" IS NOT NULL THEN 'WorkspaceMember[workspaceId=' || coalesce(n."workspaceId"::text, 'null') || ']' END AS new0,
          CASE WHEN o."workspaceId" IS NOT NULL THEN 'WorkspaceMember[userId=' || coalesce(o."userId"::text, 'null') || ']' END AS old1,
          CASE WHEN n."workspaceId" IS NOT NULL THEN 'WorkspaceMember[userId=' || coalesce(n."userId"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."workspaceId" = n."workspaceId" AND o."userId" = n."userId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'WorkspaceMember',
        columns || ' ' || row,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || old0,
        CASE WHEN old0 = new0 THEN columns ELSE '*' END || ' ' || new0,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || old1,
        CASE WHEN old1 = new1 THEN columns ELSE '*' END || ' ' || new1
      ]) AS change
      WHERE columns <> '' AND change IS NOT NULL;
    END IF;
  END IF;
  IF written IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.cache_event (changes) VALUES (written);
  IF current_setting('larder.writer', true) IS DISTINCT FROM 'announces' THEN
    PERFORM pg_notify('larder', '');
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "WorkspaceMember"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WorkspaceMember"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "WorkspaceMember"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WorkspaceMember"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "WorkspaceMember"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WorkspaceMember"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "WorkspaceMember"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_WorkspaceMember"();
ALTER TABLE "WorkspaceMember"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;

