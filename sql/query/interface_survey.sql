-- The members of a site's LAG interfaces.
SELECT p.id, p.lag_id AS lag
FROM interface AS p
JOIN device AS d ON d.id = p.device_id
JOIN site AS s ON s.id = d.site_id
WHERE s.slug = :site AND p.lag_id IS NOT NULL
ORDER BY p.id;
