-- What the loaded plans want, with the columns of what NetBox has. A reference to an
-- object that is not in NetBox yet is "@" and its object id.
{{- range .Owned}}
CREATE VIEW desired_{{.Name}} AS
SELECT
  d.object,
  d.plan,
  d.source,
  d.id,
  d.owner,
  d.fields,
{{- range .Compared}}
  coalesce(d.fields ->> '{{.Name}}', d.initial ->> '{{.Name}}') AS {{.Column}},
{{- end}}
  d.initial
FROM desired AS d
WHERE d.kind = '{{.Name}}';
{{end}}
