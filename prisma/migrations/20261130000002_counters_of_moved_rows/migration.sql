-- Counters of rows whose key changes, and of installations that are changed (see the migration `counters`).

-- A counter belongs to a key: it says how many rows point at it. Those of a row whose key changes follow it (ON UPDATE CASCADE), and each is counted as it
-- comes. So a row begins under its new key with those that point at that already: none, or, where several rows move up one after the other, those of the
-- row before it, which are taken off when they follow theirs. Nobody can point at a key that changes meanwhile: the row is locked.
-- Arguments: the table that points at this one, its column that does, the key, the counter.
CREATE FUNCTION count_under_new_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM %I WHERE %I = ($1).%I', TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]) INTO n USING NEW;
  RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[3], n));
END $$;

CREATE PROCEDURE keep_count_under_new_key(child text, link text, parent text, key text, counter text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE TRIGGER %1$I BEFORE UPDATE OF %3$I ON %2$I FOR EACH ROW WHEN (OLD.%3$I IS DISTINCT FROM NEW.%3$I)
       EXECUTE FUNCTION count_under_new_key(%4$L, %5$L, %3$L, %6$L)',
    lower(parent) || '_' || counter || '_key', parent, key, child, link, counter);
END $$;

-- No collection, token or wallet has another id once it is there: transfers point at them, and refuse to follow.
CALL keep_count_under_new_key('NftTrait', 'traitId', 'Trait', 'id', 'nftCount');
CALL keep_count_under_new_key('TemplateUse', 'templateId', 'Template', 'id', 'useCount');
CALL keep_count_under_new_key('Agent', 'category', 'Category', 'slug', 'agentCount');
CALL keep_count_under_new_key('Installation', 'agentId', 'Agent', 'id', 'installCount');

-- The same of reviews. The rating is worked out of both when the first of them is counted; an agent without any has none under the new key, too.
CREATE FUNCTION reviews_under_new_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT count(*), coalesce(sum(rating), 0) INTO NEW."reviewCount", NEW."ratingSum" FROM "Review" WHERE "agentId" = NEW.id;
  RETURN NEW;
END $$;

CREATE TRIGGER "agent_reviewCount_key" BEFORE UPDATE OF id ON "Agent" FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id)
  EXECUTE FUNCTION reviews_under_new_key();

-- An installation gets another agent, or another time. Where neither changes, as when who installed it is deleted, no agent is touched.
CREATE FUNCTION agents_of_changed_installations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched int[];
BEGIN
  SELECT array_agg(DISTINCT "agentId") INTO touched FROM (
    SELECT "agentId" FROM (
      SELECT "agentId", "createdAt", 1 AS n FROM new_rows UNION ALL SELECT "agentId", "createdAt", -1 FROM old_rows) AS r
    GROUP BY "agentId", "createdAt" HAVING sum(n) <> 0) AS changed;
  IF touched IS NULL THEN
    RETURN NULL;
  END IF;
  -- In a statement of its own: the next one then sees what the writers we waited for have done.
  PERFORM 1 FROM "Agent" WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
  UPDATE "Agent" AS a SET
    "installCount" = a."installCount" + moved.n,
    "trendScore" = coalesce((
      SELECT top + ln(sum(power(2, greatest(w - top, -1000)))) / ln(2)
      FROM (SELECT w, max(w) OVER () AS top
            FROM (SELECT trend_weight(i."createdAt") AS w FROM "Installation" AS i WHERE i."agentId" = a.id) AS all_of_it) AS parts
      GROUP BY top), 0)
  FROM (
    SELECT "agentId" AS id, sum(n) AS n
    FROM (SELECT "agentId", 1 AS n FROM new_rows UNION ALL SELECT "agentId", -1 FROM old_rows) AS r GROUP BY "agentId"
  ) AS moved WHERE a.id = moved.id AND a.id = ANY(touched);
  RETURN NULL;
END $$;

CREATE TRIGGER installation_agent_update AFTER UPDATE ON "Installation" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agents_of_changed_installations();

-- What went wrong before. Ids come from sequences, and stay; slugs do not, and installations may have been moved.
UPDATE "Category" AS c SET "agentCount" = counted.n
  FROM (SELECT k.slug, count(a.id) AS n FROM "Category" AS k LEFT JOIN "Agent" AS a ON a.category = k.slug GROUP BY k.slug) AS counted
  WHERE counted.slug = c.slug AND c."agentCount" <> counted.n;

UPDATE "Agent" AS a SET
  "installCount" = counted.n,
  "trendScore" = coalesce((
    SELECT top + ln(sum(power(2, greatest(w - top, -1000)))) / ln(2)
    FROM (SELECT w, max(w) OVER () AS top
          FROM (SELECT trend_weight(i."createdAt") AS w FROM "Installation" AS i WHERE i."agentId" = a.id) AS all_of_it) AS parts
    GROUP BY top), 0)
  FROM (SELECT k.id, count(i.id) AS n FROM "Agent" AS k LEFT JOIN "Installation" AS i ON i."agentId" = k.id GROUP BY k.id) AS counted
  WHERE counted.id = a.id AND a."installCount" <> counted.n;
