-- Counters and everything else that follows from other rows, kept in the writer's own transaction, whoever writes.
--
-- All triggers are statement-level with transition tables: ten thousand rows cost one update per parent. Each locks the
-- rows that it will change in the order of their keys, so that two writers of the same parents wait for each other
-- instead of ending in a deadlock.

-- "parent"."counter" = how many rows of this table point at it.
-- Arguments: parent table, its key, its counter, the column of this table that points at it.
CREATE FUNCTION count_children() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent text := TG_ARGV[0];
  key text := TG_ARGV[1];
  counter text := TG_ARGV[2];
  link text := TG_ARGV[3];
  rows text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT %4$I AS key, 1 AS n FROM new_rows'
    WHEN 'DELETE' THEN 'SELECT %4$I AS key, -1 AS n FROM old_rows'
    WHEN 'UPDATE' THEN 'SELECT %4$I AS key, 1 AS n FROM new_rows UNION ALL SELECT %4$I, -1 FROM old_rows'
  END;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('UPDATE %1$I SET %2$I = 0 WHERE %2$I <> 0', parent, counter);
    RETURN NULL;
  END IF;
  EXECUTE format(
    'WITH delta AS (SELECT key, sum(n) AS n FROM (' || rows || ') AS r WHERE key IS NOT NULL GROUP BY key HAVING sum(n) <> 0),
          locked AS MATERIALIZED (
            SELECT p.%2$I FROM %1$I AS p WHERE p.%2$I IN (SELECT key FROM delta) ORDER BY p.%2$I FOR NO KEY UPDATE)
     UPDATE %1$I AS p SET %3$I = p.%3$I + d.n FROM delta AS d, locked AS l WHERE l.%2$I = d.key AND p.%2$I = d.key',
    parent, key, counter, link);
  RETURN NULL;
END $$;

CREATE PROCEDURE keep_count(child text, link text, parent text, key text, counter text) LANGUAGE plpgsql AS $$
DECLARE
  run text := format('EXECUTE FUNCTION count_children(%L, %L, %L, %L)', parent, key, counter, link);
  name text := lower(child) || '_' || counter;
BEGIN
  EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT ', name || '_insert', child) || run;
  EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT ', name || '_delete', child) || run;
  EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT ', name || '_update', child) || run;
  EXECUTE format('CREATE TRIGGER %I AFTER TRUNCATE ON %I FOR EACH STATEMENT ', name || '_truncate', child) || run;
END $$;

CALL keep_count('Nft', 'collectionId', 'Collection', 'id', 'nftCount');
CALL keep_count('Holding', 'collectionId', 'Collection', 'id', 'ownerCount');
CALL keep_count('NftTrait', 'traitId', 'Trait', 'id', 'nftCount');
CALL keep_count('TemplateUse', 'templateId', 'Template', 'id', 'useCount');
CALL keep_count('Agent', 'category', 'Category', 'slug', 'agentCount');

-- Agent.installCount and Agent.trendScore.
--
-- The score is an exponentially decayed count with a half-life of seven days, in forward form (Cormode, Shkapenyuk,
-- Srivastava, Xu: Forward Decay, ICDE 2009): log2 of the sum of 2^(t/half-life). What decays does so for all agents
-- alike, so the order of two agents changes only when one of them is installed or uninstalled. It needs no clock and no
-- job, an index serves it, and a cached list of trending agents goes stale only by a write.
CREATE FUNCTION trend_weight(at timestamptz) RETURNS double precision LANGUAGE sql IMMUTABLE AS
  $$ SELECT extract(epoch FROM at - timestamptz '2020-01-01 00:00:00+00')::double precision / 604800 $$;

CREATE FUNCTION agent_installations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched int[];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE "Agent" SET "installCount" = 0, "trendScore" = 0 WHERE "installCount" <> 0;
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT "agentId") INTO touched FROM new_rows;
  ELSE
    SELECT array_agg(DISTINCT "agentId") INTO touched FROM old_rows;
  END IF;
  -- In a statement of its own: the next one then sees what the writers we waited for have done.
  PERFORM 1 FROM "Agent" WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;

  IF TG_OP = 'INSERT' THEN
    UPDATE "Agent" AS a SET
      "installCount" = a."installCount" + added.n,
      "trendScore" = (
        SELECT top + ln(sum(power(2, greatest(w - top, -1000)))) / ln(2)
        FROM (SELECT w, max(w) OVER () AS top FROM unnest(added.weights || nullif(a."trendScore", 0)) AS w) AS parts
        WHERE w IS NOT NULL GROUP BY top)
    FROM (
      SELECT "agentId" AS id, count(*) AS n, array_agg(trend_weight("createdAt")) AS weights FROM new_rows GROUP BY "agentId"
    ) AS added WHERE a.id = added.id;
  ELSE
    -- Taking away from a sum of floats would leave dust behind: the score is made anew from what remains.
    UPDATE "Agent" AS a SET
      "installCount" = a."installCount" - gone.n,
      "trendScore" = coalesce((
        SELECT top + ln(sum(power(2, greatest(w - top, -1000)))) / ln(2)
        FROM (SELECT w, max(w) OVER () AS top
              FROM (SELECT trend_weight(i."createdAt") AS w FROM "Installation" AS i WHERE i."agentId" = a.id) AS rest) AS parts
        GROUP BY top), 0)
    FROM (SELECT "agentId" AS id, count(*) AS n FROM old_rows GROUP BY "agentId") AS gone WHERE a.id = gone.id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER installation_agent_insert AFTER INSERT ON "Installation" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agent_installations();
CREATE TRIGGER installation_agent_delete AFTER DELETE ON "Installation" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agent_installations();
CREATE TRIGGER installation_agent_truncate AFTER TRUNCATE ON "Installation"
  FOR EACH STATEMENT EXECUTE FUNCTION agent_installations();

-- Agent.reviewCount, ratingSum and rating (their mean; 0 without reviews).
CREATE FUNCTION agent_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rows text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT "agentId", 1 AS n, rating FROM new_rows'
    WHEN 'DELETE' THEN 'SELECT "agentId", -1 AS n, -rating AS rating FROM old_rows'
    WHEN 'UPDATE' THEN 'SELECT "agentId", 1 AS n, rating FROM new_rows UNION ALL SELECT "agentId", -1, -rating FROM old_rows'
  END;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE "Agent" SET "reviewCount" = 0, "ratingSum" = 0, "rating" = 0 WHERE "reviewCount" <> 0;
    RETURN NULL;
  END IF;
  EXECUTE
    'WITH delta AS (SELECT "agentId" AS id, sum(n) AS n, sum(rating) AS rating FROM (' || rows || ') AS r GROUP BY "agentId"
                    HAVING sum(n) <> 0 OR sum(rating) <> 0),
          locked AS MATERIALIZED (SELECT a.id FROM "Agent" AS a WHERE a.id IN (SELECT id FROM delta) ORDER BY a.id FOR NO KEY UPDATE)
     UPDATE "Agent" AS a SET
       "reviewCount" = a."reviewCount" + d.n,
       "ratingSum" = a."ratingSum" + d.rating,
       "rating" = CASE WHEN a."reviewCount" + d.n = 0 THEN 0
                       ELSE round((a."ratingSum" + d.rating)::numeric / (a."reviewCount" + d.n), 2) END
     FROM delta AS d, locked AS l WHERE l.id = d.id AND a.id = d.id';
  RETURN NULL;
END $$;

CREATE TRIGGER review_agent_insert AFTER INSERT ON "Review" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agent_reviews();
CREATE TRIGGER review_agent_delete AFTER DELETE ON "Review" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agent_reviews();
CREATE TRIGGER review_agent_update AFTER UPDATE ON "Review" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION agent_reviews();
CREATE TRIGGER review_agent_truncate AFTER TRUNCATE ON "Review"
  FOR EACH STATEMENT EXECUTE FUNCTION agent_reviews();

-- Transfer → Ownership. The transfers are the truth; who holds what follows. A transfer of more than its sender holds
-- is refused, and so is a second holder of an ERC-721 token. A transfer is history: it is never changed, and leaves only together with its token.
CREATE TYPE ownership_delta AS ("nftId" int, "walletId" int, "collectionId" int, n bigint);

CREATE FUNCTION apply_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched int[];
  delta ownership_delta[];
  short ownership_delta;
  crowded int;
BEGIN
  -- As an array, because the plans of these statements are kept: one that joins the new rows with a table while it is
  -- small goes on to read all of it when it is large.
  SELECT array_agg(DISTINCT "nftId") INTO touched FROM new_rows;
  -- One transfer of a token at a time: whoever waited here sees, in the statements below, what the other has done.
  PERFORM 1 FROM "Nft" WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;

  SELECT array_agg(row("nftId", "walletId", "collectionId", n)::ownership_delta ORDER BY "nftId", "walletId") INTO delta FROM (
    SELECT "nftId", "walletId", "collectionId", sum(n) AS n FROM (
      SELECT "nftId", "toId" AS "walletId", "collectionId", quantity AS n FROM new_rows WHERE "toId" IS NOT NULL
      UNION ALL
      SELECT "nftId", "fromId", "collectionId", -quantity FROM new_rows WHERE "fromId" IS NOT NULL
    ) AS ends GROUP BY 1, 2, 3 HAVING sum(n) <> 0) AS sums;

  SELECT d.* INTO short FROM unnest(delta) AS d LEFT JOIN "Ownership" AS o USING ("nftId", "walletId")
    WHERE coalesce(o.quantity, 0) + d.n < 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'wallet % does not hold enough of nft %', short."walletId", short."nftId"
      USING ERRCODE = 'check_violation', CONSTRAINT = 'Transfer_balance';
  END IF;

  DELETE FROM "Ownership" AS o USING unnest(delta) AS d
    WHERE o."nftId" = d."nftId" AND o."walletId" = d."walletId" AND o.quantity + d.n = 0;
  UPDATE "Ownership" AS o SET quantity = o.quantity + d.n FROM unnest(delta) AS d
    WHERE o."nftId" = d."nftId" AND o."walletId" = d."walletId" AND d.n < 0;
  INSERT INTO "Ownership" AS o ("nftId", "walletId", "collectionId", quantity)
    SELECT "nftId", "walletId", "collectionId", n FROM unnest(delta) WHERE n > 0
    ON CONFLICT ("nftId", "walletId") DO UPDATE SET quantity = o.quantity + excluded.quantity;

  SELECT o."nftId" INTO crowded FROM "Ownership" AS o JOIN "Collection" AS c ON c.id = o."collectionId"
    WHERE o."nftId" = ANY(touched) AND c.standard = 'ERC721' GROUP BY o."nftId" HAVING sum(o.quantity) > 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'nft % is an ERC-721 token and has a holder already', crowded
      USING ERRCODE = 'check_violation', CONSTRAINT = 'Transfer_single_holder';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER transfer_ownership AFTER INSERT ON "Transfer" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION apply_transfers();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is history and does not change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER transfer_unchanging BEFORE UPDATE ON "Transfer" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Ownership → Nft.ownerId and Holding.tokenCount.
CREATE FUNCTION follow_ownership() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched int[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT "nftId") INTO touched FROM new_rows;
    PERFORM 1 FROM "Nft" WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO "Holding" AS h ("walletId", "collectionId", "tokenCount")
      SELECT "walletId", "collectionId", count(*) FROM new_rows GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT ("walletId", "collectionId") DO UPDATE SET "tokenCount" = h."tokenCount" + excluded."tokenCount";
  ELSE
    SELECT array_agg(DISTINCT "nftId") INTO touched FROM old_rows;
    PERFORM 1 FROM "Nft" WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM "Holding" AS h WHERE (h."walletId", h."collectionId") IN (SELECT "walletId", "collectionId" FROM old_rows)
      ORDER BY h."walletId", h."collectionId" FOR UPDATE;
    WITH gone AS (SELECT "walletId", "collectionId", count(*) AS n FROM old_rows GROUP BY 1, 2),
    emptied AS (
      DELETE FROM "Holding" AS h USING gone
        WHERE h."walletId" = gone."walletId" AND h."collectionId" = gone."collectionId" AND h."tokenCount" <= gone.n)
    UPDATE "Holding" AS h SET "tokenCount" = h."tokenCount" - gone.n FROM gone
      WHERE h."walletId" = gone."walletId" AND h."collectionId" = gone."collectionId" AND h."tokenCount" > gone.n;
  END IF;

  UPDATE "Nft" AS n SET "ownerId" = holders."ownerId"
    FROM (SELECT t.id, CASE WHEN count(o."walletId") = 1 THEN min(o."walletId") END AS "ownerId"
          FROM unnest(touched) AS t (id) LEFT JOIN "Ownership" AS o ON o."nftId" = t.id GROUP BY t.id) AS holders
    WHERE n.id = holders.id AND n."ownerId" IS DISTINCT FROM holders."ownerId";
  RETURN NULL;
END $$;

CREATE TRIGGER ownership_follow_insert AFTER INSERT ON "Ownership" REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_ownership();
CREATE TRIGGER ownership_follow_delete AFTER DELETE ON "Ownership" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION follow_ownership();

CREATE FUNCTION forget_ownership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "Holding";
  UPDATE "Nft" SET "ownerId" = NULL WHERE "ownerId" IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER ownership_follow_truncate AFTER TRUNCATE ON "Ownership" FOR EACH STATEMENT EXECUTE FUNCTION forget_ownership();

-- Rarity: the sum, over a token's traits, of 1 / the share of the collection that has the trait; rank 1 is the rarest,
-- equal scores take the order of token ids. Ranks move all together, so they are set when a collection's tokens have
-- been read in, not with every row.
CREATE PROCEDURE rank_rarity(collection int) LANGUAGE sql AS $$
  WITH score AS (
    SELECT n.id, n."tokenId", coalesce(sum(1.0 / t."nftCount"), 0) AS score
    FROM "Nft" AS n LEFT JOIN "NftTrait" AS nt ON nt."nftId" = n.id LEFT JOIN "Trait" AS t ON t.id = nt."traitId"
    WHERE n."collectionId" = collection GROUP BY n.id
  ), ranked AS (
    SELECT id, row_number() OVER (ORDER BY score DESC, "tokenId") AS rank FROM score
  )
  UPDATE "Nft" AS n SET "rarityRank" = ranked.rank FROM ranked WHERE n.id = ranked.id AND n."rarityRank" IS DISTINCT FROM ranked.rank
$$;
