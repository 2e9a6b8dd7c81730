-- A page of interface_template objects becomes rows; one that is as it was is left alone.
-- :page is NetBox's JSON.
INSERT INTO interface_template (
  id,
  device_type_id,
  name,
  type,
  last_updated,
  hash
)
SELECT
  e.value ->> '$.id' AS id,
  e.value ->> '$.device_type.id' AS device_type_id,
  e.value ->> '$.name' AS name,
  e.value ->> '$.type.value' AS type,
  e.value ->> '$.last_updated' AS last_updated,
  diet_hash(e.value) AS hash
FROM jsonb_each(:page, '$.results') AS e
WHERE true
ON CONFLICT (id) DO UPDATE SET
  device_type_id = excluded.device_type_id,
  name = excluded.name,
  type = excluded.type,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
