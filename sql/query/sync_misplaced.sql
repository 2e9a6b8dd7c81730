-- What stands elsewhere than what holds it: locations, racks and devices whose
-- site, or a device whose location, is not that of their parent, location or
-- rack. In NetBox they agree: who moves one moves all that it holds.
SELECT 'location' AS kind, l.id AS id
FROM location AS l
JOIN location AS p ON p.id = l.parent_id
WHERE l.site_id IS NOT p.site_id
UNION ALL
SELECT 'rack' AS kind, r.id AS id
FROM rack AS r
JOIN location AS l ON l.id = r.location_id
WHERE r.site_id IS NOT l.site_id
UNION ALL
SELECT 'device' AS kind, d.id AS id
FROM device AS d
JOIN rack AS r ON r.id = d.rack_id
WHERE d.site_id IS NOT r.site_id OR r.location_id IS NOT NULL AND d.location_id IS NOT r.location_id
ORDER BY kind, id;
