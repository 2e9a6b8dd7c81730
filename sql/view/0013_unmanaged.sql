-- Changes that people made to fields nobody owns, on objects of ours: the last
-- one of each field, for information.
CREATE VIEW unmanaged AS
SELECT
  'rack' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.field,
  o.doc ->> ('$."' || b.field || '"') AS have, b.user, b.time, b.message
FROM blame AS b
JOIN rack_doc AS o ON o.id = b.id
WHERE b.kind = 'rack'
  AND b.action = 'update'
  AND b.actor <> 'diet'
  AND b.field IS NOT NULL
  AND o.object_id IS NOT NULL
  AND b.field NOT LIKE 'cf.diet_%'
  AND b.field NOT IN ('cable', 'cable_end', 'last_updated')
  AND json_type(o.base, '$."' || b.field || '"') IS NULL
  AND b.change_id = (SELECT max(n.change_id) FROM blame AS n WHERE n.kind = b.kind AND n.id = b.id AND n.field = b.field)
UNION ALL
SELECT
  'device' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.field,
  o.doc ->> ('$."' || b.field || '"') AS have, b.user, b.time, b.message
FROM blame AS b
JOIN device_doc AS o ON o.id = b.id
WHERE b.kind = 'device'
  AND b.action = 'update'
  AND b.actor <> 'diet'
  AND b.field IS NOT NULL
  AND o.object_id IS NOT NULL
  AND b.field NOT LIKE 'cf.diet_%'
  AND b.field NOT IN ('cable', 'cable_end', 'last_updated')
  AND json_type(o.base, '$."' || b.field || '"') IS NULL
  AND b.change_id = (SELECT max(n.change_id) FROM blame AS n WHERE n.kind = b.kind AND n.id = b.id AND n.field = b.field)
UNION ALL
SELECT
  'interface' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.field,
  o.doc ->> ('$."' || b.field || '"') AS have, b.user, b.time, b.message
FROM blame AS b
JOIN interface_doc AS o ON o.id = b.id
WHERE b.kind = 'interface'
  AND b.action = 'update'
  AND b.actor <> 'diet'
  AND b.field IS NOT NULL
  AND o.object_id IS NOT NULL
  AND b.field NOT LIKE 'cf.diet_%'
  AND b.field NOT IN ('cable', 'cable_end', 'last_updated')
  AND json_type(o.base, '$."' || b.field || '"') IS NULL
  AND b.change_id = (SELECT max(n.change_id) FROM blame AS n WHERE n.kind = b.kind AND n.id = b.id AND n.field = b.field)
UNION ALL
SELECT
  'cable' AS kind, o.plan, o.object_id AS object, o.id, o.name, b.field,
  o.doc ->> ('$."' || b.field || '"') AS have, b.user, b.time, b.message
FROM blame AS b
JOIN cable_doc AS o ON o.id = b.id
WHERE b.kind = 'cable'
  AND b.action = 'update'
  AND b.actor <> 'diet'
  AND b.field IS NOT NULL
  AND o.object_id IS NOT NULL
  AND b.field NOT LIKE 'cf.diet_%'
  AND b.field NOT IN ('cable', 'cable_end', 'last_updated')
  AND json_type(o.base, '$."' || b.field || '"') IS NULL
  AND b.change_id = (SELECT max(n.change_id) FROM blame AS n WHERE n.kind = b.kind AND n.id = b.id AND n.field = b.field);
