{{- /* The cable, o, that holds what another one wants, as a row of what blocks. */ -}}
{{define "cable_holding"}}'cable' AS kind,
  o.id,
  coalesce(nullif(o.label, ''), '#' || o.id) AS name,
  coalesce(o.plan, '') AS plan,
  coalesce(o.object_id, '') AS other{{end}}
