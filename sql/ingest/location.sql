-- A page of location objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.slug' AS slug,
    e.value ->> '$.name' AS name,
    e.value ->> '$.site.id' AS site_id,
    e.value ->> '$.parent.id' AS parent_id,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO location (
  id,
  slug,
  name,
  site_id,
  parent_id,
  last_updated,
  hash
)
SELECT
  id,
  slug,
  name,
  site_id,
  parent_id,
  last_updated,
  diet_hash(slug, name, site_id, parent_id, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  slug = excluded.slug,
  name = excluded.name,
  site_id = excluded.site_id,
  parent_id = excluded.parent_id,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
