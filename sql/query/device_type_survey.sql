-- The types of a site's devices.
SELECT DISTINCT t.slug, t.model, m.slug AS maker, t.u_height, t.is_full_depth
FROM device_type AS t
JOIN manufacturer AS m ON m.id = t.manufacturer_id
JOIN device AS d ON d.device_type_id = t.id
JOIN site AS s ON s.id = d.site_id
WHERE s.slug = :site
ORDER BY t.slug, m.slug;
