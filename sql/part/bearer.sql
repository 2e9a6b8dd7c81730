{{- /* Whose the object is that the alias r stands for; based where diet once wrote it.
The marks of the plan of d prove nothing alone; those of another plan are respected. */ -}}
{{define "bearer"}}coalesce(r.plan, nullif(r.shown_plan, d.plan), '') AS plan,
  coalesce(r.object_id, CASE WHEN r.shown_plan <> d.plan THEN r.shown_object END, '') AS other,
  r.base <> '{}' AS based{{end}}
