-- The reading of collections from the indexer (src/indexer).

-- CreateEnum
CREATE TYPE "RefreshStatus" AS ENUM ('WAITING', 'RUNNING', 'DONE', 'FAILED');

-- CreateEnum
CREATE TYPE "RefreshStep" AS ENUM ('CONTRACT', 'TOKENS', 'OWNERS', 'HOLDERS', 'RANKS');

-- CreateTable
CREATE TABLE "CollectionRefresh" (
    "collectionId" INTEGER NOT NULL,
    "status" "RefreshStatus" NOT NULL DEFAULT 'WAITING',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "error" TEXT,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    "step" "RefreshStep" NOT NULL DEFAULT 'CONTRACT',
    "pageKey" TEXT,
    "page" INTEGER NOT NULL DEFAULT 0,
    "seen" INTEGER NOT NULL DEFAULT 0,
    "ownersAsOf" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "notBefore" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "holder" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),

    CONSTRAINT "CollectionRefresh_pkey" PRIMARY KEY ("collectionId")
);

-- CreateIndex
CREATE INDEX "CollectionRefresh_status_notBefore_idx" ON "CollectionRefresh"("status", "notBefore");

-- AddForeignKey
ALTER TABLE "CollectionRefresh" ADD CONSTRAINT "CollectionRefresh_collectionId_fkey" FOREIGN KEY ("collectionId") REFERENCES "Collection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "CollectionRefresh" ADD CONSTRAINT "CollectionRefresh_counts_check" CHECK ("done" >= 0 AND "total" >= 0 AND "seen" >= 0);

-- The owners of a collection as the indexer tells them, page by page, until all of them are known and the holders can be compared. Nothing is shown of them, so
-- no trigger captures them. Nobody (a token that was burnt) is the address 0x0….
CREATE TABLE refresh_owner (
  "collectionId" int NOT NULL REFERENCES "Collection" (id) ON DELETE CASCADE,
  "tokenId" numeric(78, 0) NOT NULL,
  owner text NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  page int NOT NULL,
  PRIMARY KEY ("collectionId", "tokenId", owner)
);

CREATE OR REPLACE FUNCTION "larder_capture_CollectionRefresh"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text[] := ARRAY['* CollectionRefresh!'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM new_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'CollectionRefresh',
        'CollectionRefresh:' || r."collectionId"::text,
        'CollectionRefresh[status=' || coalesce(r."status"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'CollectionRefresh',
        'CollectionRefresh:' || r."collectionId"::text,
        'CollectionRefresh[status=' || coalesce(r."status"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS (SELECT FROM new_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT change) INTO written FROM (
        SELECT
          CASE WHEN o."collectionId" IS NOT NULL AND n."collectionId" IS NOT NULL THEN concat_ws(',',
            CASE WHEN ROW(o."status")::record *<> ROW(n."status")::record THEN 'status' END,
            CASE WHEN ROW(o."done")::record *<> ROW(n."done")::record THEN 'done' END,
            CASE WHEN ROW(o."total")::record *<> ROW(n."total")::record THEN 'total' END,
            CASE WHEN ROW(o."error")::record *<> ROW(n."error")::record THEN 'error' END,
            CASE WHEN ROW(o."requestedAt")::record *<> ROW(n."requestedAt")::record THEN 'requestedAt' END,
            CASE WHEN ROW(o."finishedAt")::record *<> ROW(n."finishedAt")::record THEN 'finishedAt' END,
            CASE WHEN ROW(o."step")::record *<> ROW(n."step")::record THEN 'step' END,
            CASE WHEN ROW(o."pageKey")::record *<> ROW(n."pageKey")::record THEN 'pageKey' END,
            CASE WHEN ROW(o."page")::record *<> ROW(n."page")::record THEN 'page' END,
            CASE WHEN ROW(o."seen")::record *<> ROW(n."seen")::record THEN 'seen' END,
            CASE WHEN ROW(o."ownersAsOf")::record *<> ROW(n."ownersAsOf")::record THEN 'ownersAsOf' END,
            CASE WHEN ROW(o."attempts")::record *<> ROW(n."attempts")::record THEN 'attempts' END,
            CASE WHEN ROW(o."notBefore")::record *<> ROW(n."notBefore")::record THEN 'notBefore' END,
            CASE WHEN ROW(o."holder")::record *<> ROW(n."holder")::record THEN 'holder' END,
            CASE WHEN ROW(o."leaseUntil")::record *<> ROW(n."leaseUntil")::record THEN 'leaseUntil' END) ELSE '*' END AS columns,
          coalesce('CollectionRefresh:' || n."collectionId"::text, 'CollectionRefresh:' || o."collectionId"::text) AS row,
          CASE WHEN o."collectionId" IS NOT NULL THEN 'CollectionRefresh[status=' || coalesce(o."status"::text, 'null') || ']' END AS old0,
          CASE WHEN n."collectionId" IS NOT NULL THEN 'CollectionRefresh[status=' || coalesce(n."status"::text, 'null') || ']' END AS new0
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."collectionId" = n."collectionId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'CollectionRefresh',
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
CREATE OR REPLACE TRIGGER larder_capture_insert AFTER INSERT ON "CollectionRefresh"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_CollectionRefresh"();
CREATE OR REPLACE TRIGGER larder_capture_update AFTER UPDATE ON "CollectionRefresh"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_CollectionRefresh"();
CREATE OR REPLACE TRIGGER larder_capture_delete AFTER DELETE ON "CollectionRefresh"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_CollectionRefresh"();
CREATE OR REPLACE TRIGGER larder_capture_truncate AFTER TRUNCATE ON "CollectionRefresh"
  FOR EACH STATEMENT EXECUTE FUNCTION "larder_capture_CollectionRefresh"();
ALTER TABLE "CollectionRefresh"
  ENABLE ALWAYS TRIGGER larder_capture_insert,
  ENABLE ALWAYS TRIGGER larder_capture_update,
  ENABLE ALWAYS TRIGGER larder_capture_delete,
  ENABLE ALWAYS TRIGGER larder_capture_truncate;
