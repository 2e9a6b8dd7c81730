-- A page of interface_template objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.device_type.id' AS device_type_id,
    e.value ->> '$.name' AS name,
    e.value ->> '$.type.value' AS type,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO interface_template (
  id,
  device_type_id,
  name,
  type,
  last_updated,
  hash
)
SELECT
  id,
  device_type_id,
  name,
  type,
  last_updated,
  diet_hash(device_type_id, name, type, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  device_type_id = excluded.device_type_id,
  name = excluded.name,
  type = excluded.type,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
