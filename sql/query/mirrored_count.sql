-- How many objects of each kind the mirror has.
SELECT 'cable' AS kind, (SELECT count(*) FROM cable) AS n
UNION ALL
SELECT 'cable_termination', (SELECT count(*) FROM cable_termination)
UNION ALL
SELECT 'custom_field', (SELECT count(*) FROM custom_field)
UNION ALL
SELECT 'device', (SELECT count(*) FROM device)
UNION ALL
SELECT 'device_role', (SELECT count(*) FROM device_role)
UNION ALL
SELECT 'device_type', (SELECT count(*) FROM device_type)
UNION ALL
SELECT 'interface', (SELECT count(*) FROM interface)
UNION ALL
SELECT 'interface_template', (SELECT count(*) FROM interface_template)
UNION ALL
SELECT 'ip_address', (SELECT count(*) FROM ip_address)
UNION ALL
SELECT 'location', (SELECT count(*) FROM location)
UNION ALL
SELECT 'manufacturer', (SELECT count(*) FROM manufacturer)
UNION ALL
SELECT 'platform', (SELECT count(*) FROM platform)
UNION ALL
SELECT 'rack', (SELECT count(*) FROM rack)
UNION ALL
SELECT 'site', (SELECT count(*) FROM site)
UNION ALL
SELECT 'tag', (SELECT count(*) FROM tag)
UNION ALL
SELECT 'tenant', (SELECT count(*) FROM tenant)
ORDER BY kind;
