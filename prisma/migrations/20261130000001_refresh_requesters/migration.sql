-- Who asked for a refresh, so that each member has a share of the line and nobody all of it (src/marketplace/collections/request-refresh.ts).

-- AlterTable
ALTER TABLE "CollectionRefresh" ADD COLUMN "requestedById" INTEGER;

-- CreateIndex
CREATE INDEX "CollectionRefresh_requestedById_status_idx" ON "CollectionRefresh"("requestedById", "status");

-- AddForeignKey
ALTER TABLE "CollectionRefresh" ADD CONSTRAINT "CollectionRefresh_requestedById_fkey" FOREIGN KEY ("requestedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

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
        'CollectionRefresh[status=' || coalesce(r."status"::text, 'null') || ']',
        'CollectionRefresh[requestedById=' || coalesce(r."requestedById"::text, 'null') || ']'
      ]) AS tag;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows OFFSET 200) THEN
      SELECT array_agg(DISTINCT '* ' || tag) INTO written FROM old_rows AS r CROSS JOIN LATERAL unnest(ARRAY[
        'CollectionRefresh',
        'CollectionRefresh:' || r."collectionId"::text,
        'CollectionRefresh[status=' || coalesce(r."status"::text, 'null') || ']',
        'CollectionRefresh[requestedById=' || coalesce(r."requestedById"::text, 'null') || ']'
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
            CASE WHEN ROW(o."leaseUntil")::record *<> ROW(n."leaseUntil")::record THEN 'leaseUntil' END,
            CASE WHEN ROW(o."requestedById")::record *<> ROW(n."requestedById")::record THEN 'requestedById' END) ELSE '*' END AS columns,
          coalesce('CollectionRefresh:' || n."collectionId"::text, 'CollectionRefresh:' || o."collectionId"::text) AS row,
          CASE WHEN o."collectionId" IS NOT NULL THEN 'CollectionRefresh[status=' || coalesce(o."status"::text, 'null') || ']' END AS old0,
          CASE WHEN n."collectionId" IS NOT NULL THEN 'CollectionRefresh[status=' || coalesce(n."status"::text, 'null') || ']' END AS new0,
          CASE WHEN o."collectionId" IS NOT NULL THEN 'CollectionRefresh[requestedById=' || coalesce(o."requestedById"::text, 'null') || ']' END AS old1,
          CASE WHEN n."collectionId" IS NOT NULL THEN 'CollectionRefresh[requestedById=' || coalesce(n."requestedById"::text, 'null') || ']' END AS new1
        FROM old_rows AS o FULL JOIN new_rows AS n ON o."collectionId" = n."collectionId" OFFSET 0
      ) AS pair CROSS JOIN LATERAL unnest(ARRAY[
        columns || ' ' || 'CollectionRefresh',
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

