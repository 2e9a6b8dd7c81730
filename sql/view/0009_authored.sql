-- The changelog with who did it. actor is diet where the change is one of a request of
-- diet's: by a journal, or, where there is none, by a user of diet's under the message of
-- a run (what NetBox did along with it bears none). system is NetBox's own scripts and
-- other tools, as configured; unknown a change without a user; person everybody else.
CREATE VIEW authored AS
SELECT
  c.id,
  c.object_type,
  c.object_id,
  c.diet_id,
  c.action,
  c.fields,
  c.wrote,
  c.request_id,
  CASE
    WHEN EXISTS (SELECT 1 FROM own_request AS r WHERE r.request_id = c.request_id) THEN 'diet'
    WHEN EXISTS (SELECT 1 FROM actor AS a WHERE a.role = 'system' AND a.user = c.user_name) THEN 'system'
    WHEN c.user_name = '' THEN 'unknown'
    ELSE 'person'
  END AS actor,
  c.user_name AS user,
  c.time,
  c.message
FROM object_change AS c;
