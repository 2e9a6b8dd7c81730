-- The bays of a site's devices, but those within modules, with what stands in each.
SELECT
  b.device_id AS device, b.name, coalesce(b.position, '') AS position,
  coalesce(m.id, 0) AS module, coalesce(t.model, '') AS model, coalesce(k.slug, '') AS maker
FROM module_bay AS b
JOIN device AS d ON d.id = b.device_id
JOIN site AS s ON s.id = d.site_id
LEFT JOIN module AS m ON m.module_bay_id = b.id
LEFT JOIN module_type AS t ON t.id = m.module_type_id
LEFT JOIN manufacturer AS k ON k.id = t.manufacturer_id
WHERE s.slug = :site AND b.module_id IS NULL
ORDER BY b.device_id, b.name;
