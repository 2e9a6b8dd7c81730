-- What has the name that objects of a plan get of which only a part is written: those that
-- stay where their name is unique and get the one that the plan wants, and those that move
-- and keep theirs (moves). :objects are the objects.
-- comes is 0 for what is there. What would come does so as the plan wants it (1), moves and
-- keeps its name (2), or stays and gets another (3). lower is 1 for what is there: it gives
-- way by its name too.
{{$kind := .Kind}}{{$name := .Kind.KeyName}}{{$has := or $name.FoldColumn $name.Column -}}
WITH mix AS MATERIALIZED (
  SELECT d.object, d.plan, h.id, 0 AS moves, {{if $name.Folded}}diet_fold(d.{{$name.Column}}){{else}}d.{{$name.Column}}{{end}} AS name
  {{- range .Kind.KeyPlace}}, h.{{.Column}}{{end}}
  FROM json_each(:objects) AS e
  CROSS JOIN desired_{{$kind.Name}} AS d ON d.object = e.value
  JOIN {{$kind.Name}} AS h ON h.id = d.id
  UNION ALL
  SELECT d.object, d.plan, h.id, 1, h.{{$has}}
  {{- range .Kind.KeyPlace}}, CASE WHEN json_type(d.fields, '$.{{.Name}}') IS NULL THEN h.{{.Column}} ELSE d.{{.Column}} END{{end}}
  FROM json_each(:objects) AS e
  CROSS JOIN desired_{{$kind.Name}} AS d ON d.object = e.value
  JOIN {{$kind.Name}} AS h ON h.id = d.id
),
coming AS MATERIALIZED (
  SELECT
    w.object, w.plan, w.{{$name.Column}} AS label, coalesce(w.id, 0) AS id, 1 AS comes,
    {{if $name.Folded}}diet_fold(w.{{$name.Column}}){{else}}w.{{$name.Column}}{{end}} AS name
  {{- range .Kind.KeyPlace}},
    CASE WHEN json_type(w.fields, '$.{{.Name}}') IS NULL THEN h.{{.Column}} ELSE w.{{.Column}} END AS {{.Column}}{{end}}
  FROM desired_{{$kind.Name}} AS w
  LEFT JOIN {{$kind.Name}} AS h ON h.id = w.id
  UNION ALL
  SELECT w.object, w.plan, h.{{$name.Column}}, h.id, 2, h.{{$has}}
  {{- range .Kind.KeyPlace}}, CASE WHEN json_type(w.fields, '$.{{.Name}}') IS NULL THEN h.{{.Column}} ELSE w.{{.Column}} END{{end}}
  FROM desired_{{$kind.Name}} AS w
  JOIN {{$kind.Name}} AS h ON h.id = w.id
  UNION ALL
  SELECT w.object, w.plan, w.{{$name.Column}}, h.id, 3, {{if $name.Folded}}diet_fold(w.{{$name.Column}}){{else}}w.{{$name.Column}}{{end}}
  {{- range .Kind.KeyPlace}}, h.{{.Column}}{{end}}
  FROM desired_{{$kind.Name}} AS w
  JOIN {{$kind.Name}} AS h ON h.id = w.id
)
SELECT
  m.object, m.moves, '{{$kind.Name}}' AS kind, r.id, {{template "label" .Kind}} AS name, '' AS other, 0 AS comes, '' AS field,
  1 AS lower
FROM mix AS m
JOIN {{$kind.Name}} AS r ON r.{{$has}} = m.name AND r.id <> m.id
{{- range .Kind.KeyPlace}} AND r.{{.Column}} IS m.{{.Column}}{{end}}
UNION ALL
SELECT m.object, m.moves, '{{$kind.Name}}', w.id, w.label, w.object, w.comes, '', 0
FROM mix AS m
JOIN coming AS w ON w.name = m.name AND w.plan = m.plan AND w.object <> m.object
{{- range .Kind.KeyPlace}} AND w.{{.Column}} IS m.{{.Column}}{{end}}
ORDER BY 1, 2, 7, 3, 4;
