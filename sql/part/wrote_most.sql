{{- /* Who wrote most of what written lists, as marks_written does; ' ' is nobody. */ -}}
{{define "wrote_most"}}coalesce(
    (
      SELECT c.user_name
      FROM written AS w
      JOIN object_change AS c ON c.id = w.change_id
      GROUP BY c.user_name
      HAVING 2 * count(*) > (SELECT count(*) FROM written)
    ),
    ' '
  ){{end}}
