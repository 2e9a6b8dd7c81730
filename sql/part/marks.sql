{{- /* What is told of whose an object o is. */ -}}
{{define "marks"}}o.kind,
  coalesce(o.object, '') AS object,
  coalesce(o.plan, '') AS plan,
  o.uid,
  o.id,
  o.name,
  o.released,
  coalesce(o.shown_object, '') AS shown_object,
  coalesce(o.shown_plan, '') AS shown_plan,
  coalesce(o.version, 0) AS version,
  o.managed{{end}}
