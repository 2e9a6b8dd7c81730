-- The plan keys that NetBox bears, with how many objects each.
SELECT plan, count(*) AS objects
FROM (
  SELECT plan FROM rack WHERE plan IS NOT NULL AND coalesce(managed, 1)
  UNION ALL
  SELECT plan FROM device WHERE plan IS NOT NULL AND coalesce(managed, 1)
  UNION ALL
  SELECT plan FROM interface WHERE plan IS NOT NULL AND coalesce(managed, 1)
  UNION ALL
  SELECT plan FROM cable WHERE plan IS NOT NULL AND coalesce(managed, 1)
)
GROUP BY plan
ORDER BY plan;
