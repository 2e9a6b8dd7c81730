-- The interfaces of a site's devices.
SELECT i.id, i.device_id AS device, i.name, i.type
FROM interface AS i
JOIN device AS d ON d.id = i.device_id
JOIN site AS s ON s.id = d.site_id
WHERE s.slug = :site
ORDER BY i.id;
