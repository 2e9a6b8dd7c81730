-- Where diet last put each cable of a plan: the interfaces' object ids at the ends that
-- base names, also where they are gone. Cables with an end that bore none are left out. Of a
-- breakout, one row a plug, with its number and the profile.
SELECT
  c.object_id AS object,
  coalesce(a.object_id, c.keys ->> 'a') AS a,
  coalesce(b.object_id, c.keys ->> 'b') AS b,
  1 AS plug,
  '' AS profile
FROM cable AS c
LEFT JOIN interface AS a ON a.id = c.base ->> 'a'
LEFT JOIN interface AS b ON b.id = c.base ->> 'b'
WHERE c.plan = :plan
  AND c.object_id IS NOT NULL
  AND (c.profile IS NULL OR c.base ->> 'profile' IS NULL)
  AND coalesce(a.object_id, c.keys ->> 'a') IS NOT NULL
  AND coalesce(b.object_id, c.keys ->> 'b') IS NOT NULL
UNION ALL
SELECT
  c.object_id,
  coalesce(a.object_id, c.keys ->> 'a'),
  coalesce(b.object_id, c.keys ->> e.key),
  CAST(coalesce(nullif(substr(e.key, 2), ''), '1') AS INTEGER),
  c.base ->> 'profile'
FROM cable AS c
JOIN json_each(c.base) AS e ON e.key IN ({{range $i, $p := .Cable.PlugsAt "b"}}{{if $i}}, {{end}}'{{$p}}'{{end}})
LEFT JOIN interface AS a ON a.id = c.base ->> 'a'
LEFT JOIN interface AS b ON b.id = e.value
WHERE c.plan = :plan
  AND c.object_id IS NOT NULL
  AND c.profile IS NOT NULL
  AND c.base ->> 'profile' IS NOT NULL
  AND coalesce(a.object_id, c.keys ->> 'a') IS NOT NULL
  AND coalesce(b.object_id, c.keys ->> e.key) IS NOT NULL
{{- range .Cable.Pairs}}
UNION ALL
SELECT
  c.object_id,
  coalesce(a.object_id, c.keys ->> '{{.A.Name}}'),
  coalesce(b.object_id, c.keys ->> '{{.B.Name}}'),
  1,
  ''
FROM cable AS c
LEFT JOIN {{.A.To.Name}} AS a ON a.id = c.base ->> '{{.A.Name}}'
LEFT JOIN {{.B.To.Name}} AS b ON b.id = c.base ->> '{{.B.Name}}'
WHERE c.plan = :plan
  AND c.object_id IS NOT NULL
  AND coalesce(a.object_id, c.keys ->> '{{.A.Name}}') IS NOT NULL
  AND coalesce(b.object_id, c.keys ->> '{{.B.Name}}') IS NOT NULL
{{- end}}
ORDER BY 1, 4;
