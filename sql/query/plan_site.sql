-- The site that most racks and devices of a plan are in, if any.
SELECT s.slug
FROM (
  SELECT r.site_id FROM rack AS r WHERE r.plan = :plan
  UNION ALL
  SELECT d.site_id FROM device AS d WHERE d.plan = :plan
) AS o
JOIN site AS s ON s.id = o.site_id
GROUP BY s.slug
ORDER BY count(*) DESC, s.slug
LIMIT 1;
