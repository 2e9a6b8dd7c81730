-- A page of the changelog becomes rows; rows never change. What a page with
-- prechange_data and postchange_data says more is written over a slim row.
-- :page is NetBox's JSON.
INSERT INTO object_change (
  id,
  time,
  user_name,
  request_id,
  action,
  object_type,
  object_id,
  message,
  diet_id,
  diet_plan,
  name,
  fields,
  wrote
)
SELECT
  e.value ->> '$.id' AS id,
  e.value ->> '$.time' AS time,
  coalesce(e.value ->> '$.user_name', '') AS user_name,
  e.value ->> '$.request_id' AS request_id,
  e.value ->> '$.action.value' AS action,
  e.value ->> '$.changed_object_type' AS object_type,
  e.value ->> '$.changed_object_id' AS object_id,
  coalesce(e.value ->> '$.message', '') AS message,
  CASE
    WHEN e.value ->> '$.action.value' = 'delete'
      THEN nullif(e.value ->> '$.prechange_data.custom_fields.diet_object_id', '')
  END AS diet_id,
  CASE
    WHEN e.value ->> '$.action.value' = 'delete'
      THEN nullif(e.value ->> '$.prechange_data.custom_fields.diet_plan_id', '')
  END AS diet_plan,
  CASE
    WHEN e.value ->> '$.action.value' = 'delete'
      THEN coalesce(nullif(e.value ->> '$.prechange_data.name', ''), e.value ->> '$.prechange_data.label')
  END AS name,
  CASE
    WHEN e.value ->> '$.action.value' = 'update'
      THEN diet_changed(e.value -> '$.prechange_data', e.value -> '$.postchange_data', (SELECT json_group_object(name, slug) FROM tag))
  END AS fields,
  CASE
    WHEN e.value ->> '$.action.value' = 'update'
      THEN diet_wrote(e.value -> '$.prechange_data', e.value -> '$.postchange_data', (SELECT json_group_object(name, slug) FROM tag))
  END AS wrote
FROM jsonb_each(:page, '$.results') AS e
WHERE true
ON CONFLICT (id) DO UPDATE SET
  diet_id = excluded.diet_id,
  diet_plan = excluded.diet_plan,
  name = excluded.name,
  fields = excluded.fields,
  wrote = excluded.wrote
WHERE fields IS NULL AND excluded.fields IS NOT NULL
  OR name IS NULL AND excluded.name IS NOT NULL
  OR diet_id IS NULL AND excluded.diet_id IS NOT NULL;
