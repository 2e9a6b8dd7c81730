-- All sites, with the region that each is in.
SELECT s.slug, s.name, coalesce(r.slug, '') AS region
FROM site AS s
LEFT JOIN region AS r ON r.id = s.region_id
ORDER BY s.slug;
