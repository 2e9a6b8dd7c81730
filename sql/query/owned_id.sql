-- The NetBox ids of what is a plan's, by object id (two with one id show twice), and of
-- what bears its marks. managed is 0 where a person took it over.
SELECT
  kind,
  coalesce(object, '') AS object,
  coalesce(plan, '') AS plan,
  id,
  name,
  released,
  coalesce(shown_object, '') AS shown_object,
  coalesce(shown_plan, '') AS shown_plan,
  coalesce(version, 0) AS version,
  managed
FROM owned
WHERE plan = :plan AND object IS NOT NULL OR shown_plan = :plan AND shown_object IS NOT NULL
ORDER BY kind, object, id;
