-- Who touched what, the newest first by id. One row a change of the changelog
-- and field; field is NULL for a creation or deletion.
CREATE VIEW blame AS
SELECT
  k.name AS kind,
  c.object_id AS id,
  f.value AS field,
  c.id AS change_id,
  c.action,
  c.actor,
  c.user,
  c.time,
  c.message
FROM authored AS c
JOIN kind AS k ON k.object_type = c.object_type
LEFT JOIN json_each(coalesce(c.fields, '[null]')) AS f;
