-- The NetBox ids of a plan's objects (two with one object id are two rows), and of
-- objects with its marks. managed is 0 if a person took the object over.
SELECT
  kind,
  coalesce(object, '') AS object,
  coalesce(plan, '') AS plan,
  uid,
  id,
  name,
  released,
  coalesce(shown_object, '') AS shown_object,
  coalesce(shown_plan, '') AS shown_plan,
  coalesce(version, 0) AS version,
  managed
FROM owned
WHERE plan = :plan AND object IS NOT NULL OR shown_plan = :plan AND shown_object IS NOT NULL;
