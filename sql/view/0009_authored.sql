-- The changelog with who did it. actor is diet where the change is one of a request of
-- diet's: by a journal, or, where there is none, by a user of diet's under the message of
-- a run (what NetBox did along with it has none). Its leases are left out. system is NetBox's own scripts and
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
FROM object_change AS c
WHERE c.object_type <> 'extras.tag'
  OR c.message NOT GLOB 'diet lease*'
  AND NOT EXISTS (SELECT 1 FROM tag AS t WHERE t.id = c.object_id AND (t.slug GLOB 'diet-lease-*' OR t.slug GLOB 'diet-hold-*'))
  AND NOT EXISTS (
    SELECT 1
    FROM object_change AS d
    WHERE d.object_type = c.object_type AND d.object_id = c.object_id AND (d.name GLOB 'diet-lease-*' OR d.name GLOB 'diet-hold-*')
  );
