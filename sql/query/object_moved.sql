-- The ids on a page of ids and last_updated whose object the mirror lacks, or
-- has with another last_updated. :page is NetBox's JSON. What a mirror of some sites
-- has found to be elsewhere is none.
SELECT e.value ->> '$.id' AS id, coalesce(e.time, '') AS last_updated
FROM (
  SELECT value, diet_time(value ->> '$.last_updated') AS time
  FROM jsonb_each(:page, '$.results')
) AS e
WHERE NOT EXISTS (
  SELECT 1
  FROM {{.Kind.Name}} AS o
  WHERE o.id = e.value ->> '$.id' AND o.last_updated IS e.time
)
AND NOT EXISTS (
  SELECT 1
  FROM scope_outside AS s
  WHERE s.kind = '{{.Kind.Name}}' AND s.id = e.value ->> '$.id' AND s.last_updated IS e.time
)
ORDER BY id;
