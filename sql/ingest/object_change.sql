-- Rows of the changelog, which never change. What one read with prechange_data and
-- postchange_data says more is written over a slim one.
INSERT INTO object_change (
  id, time, user_name, request_id, action, object_type, object_id, message, diet_id, diet_plan, name, fields, wrote
)
SELECT v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12
FROM temp.incoming
WHERE batch = ?
ON CONFLICT (id) DO UPDATE SET
  diet_id = excluded.diet_id,
  diet_plan = excluded.diet_plan,
  name = excluded.name,
  fields = excluded.fields,
  wrote = excluded.wrote
WHERE fields IS NULL AND excluded.fields IS NOT NULL
  OR name IS NULL AND excluded.name IS NOT NULL
  OR diet_id IS NULL AND excluded.diet_id IS NOT NULL;
