-- A page of custom_field objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.name' AS name,
    e.value ->> '$.type.value' AS type,
    (SELECT json_group_array(t.value ORDER BY t.value) FROM jsonb_each(e.value, '$.object_types') AS t) AS object_types,
    e.value ->> '$.filter_logic.value' AS filter_logic,
    e.value ->> '$.required' AS required,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO custom_field (
  id,
  name,
  type,
  object_types,
  filter_logic,
  required,
  last_updated,
  hash
)
SELECT
  id,
  name,
  type,
  object_types,
  filter_logic,
  required,
  last_updated,
  diet_hash(name, type, object_types, filter_logic, required, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name,
  type = excluded.type,
  object_types = excluded.object_types,
  filter_logic = excluded.filter_logic,
  required = excluded.required,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
