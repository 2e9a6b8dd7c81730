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
{{- range .Cable.Pairs}}
UNION ALL
SELECT
  d.object,
  r.id,
  coalesce(nullif(r.label, ''), '#' || r.id) AS name,
  {{template "bearer"}}
FROM desired_cable AS d
CROSS JOIN cable_termination AS t
  ON t.termination_type = '{{.A.To.ObjectType}}' AND t.termination_id = CAST(d.{{.A.Name}} AS INTEGER)
JOIN cable_side AS e ON e.id = t.cable_id
  AND e.a = '{{.A.To.ObjectType}}:' || d.{{.A.Name}}
  AND e.b = '{{.B.To.ObjectType}}:' || d.{{.B.Name}}
JOIN cable AS r ON r.id = e.id
WHERE d.id IS NULL AND typeof(d.{{.A.Name}}) = 'integer' AND typeof(d.{{.B.Name}}) = 'integer'
{{- end}}
ORDER BY 1, 2;
