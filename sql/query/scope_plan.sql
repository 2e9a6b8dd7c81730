-- The slugs of sites in which objects of :plan stand and that the mirror does not read whole.
SELECT DISTINCT t.slug
FROM (
  SELECT r.site_id FROM rack AS r WHERE r.plan = :plan OR r.shown_plan = :plan
  UNION
  SELECT d.site_id FROM device AS d WHERE d.plan = :plan OR d.shown_plan = :plan
  UNION
  SELECT d.site_id FROM interface AS i JOIN device AS d ON d.id = i.device_id WHERE i.plan = :plan OR i.shown_plan = :plan
) AS o
JOIN site AS t ON t.id = o.site_id
WHERE t.id NOT IN (SELECT id FROM scope_site)
ORDER BY t.slug;
