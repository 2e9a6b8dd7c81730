-- A row of a table.
INSERT INTO {{.Table}} ({{join .Columns ", "}}) VALUES ({{range $i, $_ := .Columns}}{{if $i}}, {{end}}?{{end}});
