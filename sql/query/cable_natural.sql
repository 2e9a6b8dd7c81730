-- Cables that a plan wants and whose id no object has, with the cable
-- that joins the same two interfaces, whichever way round; for a breakout one of the same
-- profile, with the trunk at its A. (CROSS keeps SQLite from
-- reading all terminations first.)
SELECT
  d.object,
  r.id,
  coalesce(nullif(r.label, ''), '#' || r.id) AS name,
  {{template "bearer"}}
FROM desired_cable AS d
CROSS JOIN cable_termination AS t ON t.termination_type = 'dcim.interface' AND t.termination_id = CAST(d.a AS INTEGER)
JOIN cable_end AS e ON e.id = t.cable_id AND ((e.a IS d.a AND e.b IS d.b) OR (e.a IS d.b AND e.b IS d.a))
JOIN cable AS r ON r.id = e.id
WHERE d.id IS NULL
  AND typeof(d.a) = 'integer'
  AND typeof(d.b) = 'integer'
  AND (coalesce(d.profile, '') NOT GLOB 'breakout-*' OR (r.profile IS d.profile AND e.a IS d.a))
UNION ALL
SELECT
  d.object,
  r.id,
  coalesce(nullif(r.label, ''), '#' || r.id) AS name,
  {{template "bearer"}}
FROM (
  SELECT
    w.object,
    w.plan,
    p.value ->> 1 AS type_a,
    coalesce(w.fields ->> (p.value ->> 0), w.initial ->> (p.value ->> 0)) AS a,
    p.value ->> 3 AS type_b,
    coalesce(w.fields ->> (p.value ->> 2), w.initial ->> (p.value ->> 2)) AS b
  FROM desired AS w INDEXED BY desired_absent_idx
  CROSS JOIN json_each('[
{{- range $i, $p := .Cable.Pairs}}{{if $i}}, {{end}}["{{.A.Name}}", "{{.A.To.ObjectType}}", "{{.B.Name}}", "{{.B.To.ObjectType}}"]{{end -}}
]') AS p
  WHERE w.kind = '{{.Cable.Name}}' AND w.id IS NULL
) AS d
CROSS JOIN cable_termination AS t ON t.termination_type = d.type_a AND t.termination_id = CAST(d.a AS INTEGER)
JOIN cable_side AS e ON e.id = t.cable_id
  AND e.a = d.type_a || ':' || d.a
  AND e.b = d.type_b || ':' || d.b
JOIN cable AS r ON r.id = e.id
WHERE typeof(d.a) = 'integer' AND typeof(d.b) = 'integer'
ORDER BY 1, 2;
