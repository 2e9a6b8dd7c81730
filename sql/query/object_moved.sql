-- The ids on a page of ids and last_updated whose object the mirror lacks, or
-- has with another last_updated. :page is NetBox's JSON.
SELECT e.value ->> '$.id' AS id
FROM jsonb_each(:page, '$.results') AS e
WHERE NOT EXISTS (
  SELECT 1
  FROM {{.Kind.Name}} AS o
  WHERE o.id = e.value ->> '$.id' AND o.last_updated IS e.value ->> '$.last_updated'
)
ORDER BY id;
