-- A page of device_type objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.slug' AS slug,
    e.value ->> '$.model' AS model,
    e.value ->> '$.manufacturer.id' AS manufacturer_id,
    e.value ->> '$.u_height' AS u_height,
    e.value ->> '$.is_full_depth' AS is_full_depth,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO device_type (
  id,
  slug,
  model,
  manufacturer_id,
  u_height,
  is_full_depth,
  last_updated,
  hash
)
SELECT
  id,
  slug,
  model,
  manufacturer_id,
  u_height,
  is_full_depth,
  last_updated,
  diet_hash(slug, model, manufacturer_id, u_height, is_full_depth, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  slug = excluded.slug,
  model = excluded.model,
  manufacturer_id = excluded.manufacturer_id,
  u_height = excluded.u_height,
  is_full_depth = excluded.is_full_depth,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
