-- A page of location objects becomes rows; one that is as it was is left alone.
-- :page is NetBox's JSON.
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
  e.value ->> '$.id' AS id,
  e.value ->> '$.slug' AS slug,
  e.value ->> '$.name' AS name,
  e.value ->> '$.site.id' AS site_id,
  e.value ->> '$.parent.id' AS parent_id,
  e.value ->> '$.last_updated' AS last_updated,
  diet_hash(e.value) AS hash
FROM jsonb_each(:page, '$.results') AS e
WHERE true
ON CONFLICT (id) DO UPDATE SET
  slug = excluded.slug,
  name = excluded.name,
  site_id = excluded.site_id,
  parent_id = excluded.parent_id,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
