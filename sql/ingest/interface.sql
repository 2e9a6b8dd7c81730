-- A page of interface objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.device.id' AS device_id,
    e.value ->> '$.name' AS name,
    e.value ->> '$.type.value' AS type,
    e.value ->> '$.enabled' AS enabled,
    e.value ->> '$.label' AS label,
    e.value ->> '$.description' AS description,
    e.value ->> '$.lag.id' AS lag_id,
    (SELECT json_group_array(t.value ->> '$.id' ORDER BY t.value ->> '$.id') FROM jsonb_each(e.value, '$.tags') AS t) AS tags,
    diet_custom(e.value -> '$.custom_fields') AS custom_fields,
    nullif(e.value ->> '$.custom_fields.diet_object_id', '') AS object_id,
    nullif(e.value ->> '$.custom_fields.diet_plan_id', '') AS plan,
    CASE json_type(e.value, '$.custom_fields.diet_managed') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS managed,
    coalesce(json_type(e.value, '$.custom_fields.diet_deletion_protected') = 'true', 0) AS protected,
    nullif(e.value ->> '$.custom_fields.diet_source', '') AS source,
    CASE WHEN json_type(e.value, '$.custom_fields.diet_managed_fields.base') = 'object' THEN e.value -> '$.custom_fields.diet_managed_fields.base' ELSE '{}' END AS base,
    CASE WHEN json_type(e.value, '$.custom_fields.diet_managed_fields.released') = 'object' THEN e.value -> '$.custom_fields.diet_managed_fields.released' ELSE '{}' END AS released,
    e.value ->> '$.created' AS created,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO interface (
  id,
  device_id,
  name,
  type,
  enabled,
  label,
  description,
  lag_id,
  tags,
  custom_fields,
  object_id,
  plan,
  managed,
  protected,
  source,
  base,
  released,
  created,
  last_updated,
  hash
)
SELECT
  id,
  device_id,
  name,
  type,
  enabled,
  label,
  description,
  lag_id,
  tags,
  custom_fields,
  object_id,
  plan,
  managed,
  protected,
  source,
  base,
  released,
  created,
  last_updated,
  diet_hash(device_id, name, type, enabled, label, description, lag_id, tags, custom_fields, object_id, plan, managed, protected, source, base, released, created, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  device_id = excluded.device_id,
  name = excluded.name,
  type = excluded.type,
  enabled = excluded.enabled,
  label = excluded.label,
  description = excluded.description,
  lag_id = excluded.lag_id,
  tags = excluded.tags,
  custom_fields = excluded.custom_fields,
  object_id = excluded.object_id,
  plan = excluded.plan,
  managed = excluded.managed,
  protected = excluded.protected,
  source = excluded.source,
  base = excluded.base,
  released = excluded.released,
  created = excluded.created,
  last_updated = excluded.last_updated,
  hash = excluded.hash,
  stale = 1
WHERE hash IS NOT excluded.hash;
