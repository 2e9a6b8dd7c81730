-- What refers to the objects of :ids, a JSON array, by one field of a kind. plan is the
-- one that owns it, none where a person took it over. :type is the object type of what is referred to. A row that stands
-- for another object, as a cable's termination does for the cable, is shown as that; a
-- mirror of some sites has the plugs of all cables, and no cable elsewhere that is not diet's.
SELECT DISTINCT
  o.{{.Field.Column}} AS target,
  {{if .Kind.StandsFor}}o.{{.Kind.StandsFor}}_id{{else}}o.id{{end}} AS id,
  {{if .Kind.StandsFor}}coalesce({{template "label" .Counted}}, '#' || o.{{.Kind.StandsFor}}_id)
  {{- else}}{{template "label" .Counted}}{{end}} AS name,
  {{if .Counted.IsOwned}}CASE WHEN coalesce(r.managed, 1) THEN coalesce(r.plan, '') ELSE '' END{{else}}''{{end}} AS plan,
  {{if .Counted.IsOwned}}coalesce(r.object_id, ''){{else}}''{{end}} AS object
FROM {{.Kind.Name}} AS o
{{if .Kind.StandsFor}}LEFT {{end}}JOIN {{.Counted.Name}} AS r ON r.id = {{if .Kind.StandsFor}}o.{{.Kind.StandsFor}}_id{{else}}o.id{{end}}
WHERE o.{{.Field.Column}} IN (SELECT value FROM json_each(:ids))
{{- with .Field.TypeField}}
  AND o.{{.}} = :type
{{- end}}
ORDER BY target, id;
