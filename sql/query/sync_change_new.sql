-- The changes on a page of the changelog that the mirror does not have. :page is
-- NetBox's JSON.
SELECT
  e.value ->> '$.id' AS id,
  e.value ->> '$.changed_object_type' AS object_type,
  e.value ->> '$.changed_object_id' AS object_id,
  e.value ->> '$.action.value' AS action
FROM jsonb_each(:page, '$.results') AS e
WHERE NOT EXISTS (SELECT 1 FROM object_change AS c WHERE c.id = e.value ->> '$.id')
ORDER BY id;
