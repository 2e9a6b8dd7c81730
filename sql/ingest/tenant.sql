-- A page of tenant objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.slug' AS slug,
    e.value ->> '$.name' AS name,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO tenant (
  id,
  slug,
  name,
  last_updated,
  hash
)
SELECT
  id,
  slug,
  name,
  last_updated,
  diet_hash(slug, name, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  slug = excluded.slug,
  name = excluded.name,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
