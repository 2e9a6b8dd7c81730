-- Who touched what, the newest first by id. One row a change of the changelog
-- and field; field is NULL for a creation or deletion. actor is diet where the
-- change is one of a run of diet's, and person otherwise.
CREATE VIEW blame AS
SELECT
  replace(c.object_type, 'dcim.', '') AS kind,
  c.object_id AS id,
  f.value AS field,
  c.id AS change_id,
  c.action,
  CASE WHEN c.message LIKE 'diet %' OR j.request_id IS NOT NULL THEN 'diet' ELSE 'person' END AS actor,
  c.user_name AS user,
  c.time,
  c.message
FROM object_change AS c
LEFT JOIN json_each(coalesce(c.fields, '[null]')) AS f
LEFT JOIN (SELECT DISTINCT request_id FROM journal WHERE request_id IS NOT NULL) AS j ON j.request_id = c.request_id;
