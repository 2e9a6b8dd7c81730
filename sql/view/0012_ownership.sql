-- Which field belongs to whom: diet's, with the value last applied, and those
-- that a person released. Fields that are not listed belong to nobody.
CREATE VIEW ownership AS
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT o.kind, o.plan, o.object, o.id, o.name, b.key AS field, 'diet' AS owner, b.value AS base
FROM owned_{{.Name}} AS o
JOIN json_each(o.base) AS b
WHERE o.object IS NOT NULL
UNION ALL
SELECT o.kind, o.plan, o.object, o.id, o.name, r.key, 'person', NULL
FROM owned_{{.Name}} AS o
JOIN json_each(o.released) AS r
WHERE o.object IS NOT NULL
{{- end}};
