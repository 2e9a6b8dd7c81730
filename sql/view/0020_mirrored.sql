-- One row an object that the mirror holds, of all kinds.
CREATE VIEW mirrored AS
SELECT 'custom_field' AS kind, id, last_updated FROM custom_field
UNION ALL
SELECT 'tag', id, last_updated FROM tag
UNION ALL
SELECT 'tenant', id, last_updated FROM tenant
UNION ALL
SELECT 'manufacturer', id, last_updated FROM manufacturer
UNION ALL
SELECT 'platform', id, last_updated FROM platform
UNION ALL
SELECT 'device_role', id, last_updated FROM device_role
UNION ALL
SELECT 'site', id, last_updated FROM site
UNION ALL
SELECT 'location', id, last_updated FROM location
UNION ALL
SELECT 'device_type', id, last_updated FROM device_type
UNION ALL
SELECT 'interface_template', id, last_updated FROM interface_template
UNION ALL
SELECT 'rack', id, last_updated FROM rack
UNION ALL
SELECT 'device', id, last_updated FROM device
UNION ALL
SELECT 'interface', id, last_updated FROM interface
UNION ALL
SELECT 'cable', id, last_updated FROM cable
UNION ALL
SELECT 'cable_termination', id, last_updated FROM cable_termination
UNION ALL
SELECT 'ip_address', id, last_updated FROM ip_address;
