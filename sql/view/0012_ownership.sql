-- Which field belongs to whom: diet's, with the value last applied, and those
-- that a person released. Fields that are not listed belong to nobody.
CREATE VIEW ownership AS
SELECT 'rack' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.key AS field, 'diet' AS owner, b.value AS base
FROM rack_doc AS o
JOIN json_each(o.base) AS b
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'rack', o.plan, o.object_id, o.id, o.name, r.key, 'person', NULL
FROM rack_doc AS o
JOIN json_each(o.released) AS r
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'device' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.key AS field, 'diet' AS owner, b.value AS base
FROM device_doc AS o
JOIN json_each(o.base) AS b
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'device', o.plan, o.object_id, o.id, o.name, r.key, 'person', NULL
FROM device_doc AS o
JOIN json_each(o.released) AS r
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'interface' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.key AS field, 'diet' AS owner, b.value AS base
FROM interface_doc AS o
JOIN json_each(o.base) AS b
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'interface', o.plan, o.object_id, o.id, o.name, r.key, 'person', NULL
FROM interface_doc AS o
JOIN json_each(o.released) AS r
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'cable' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.key AS field, 'diet' AS owner, b.value AS base
FROM cable_doc AS o
JOIN json_each(o.base) AS b
WHERE o.object_id IS NOT NULL
UNION ALL
SELECT 'cable', o.plan, o.object_id, o.id, o.name, r.key, 'person', NULL
FROM cable_doc AS o
JOIN json_each(o.released) AS r
WHERE o.object_id IS NOT NULL;
