-- An object of a kind as it is, in the form in which what it was is kept.
SELECT json_object({{range .Kind.Columns}}'{{.}}', r.{{.}}, {{end}}'hash', r.hash) AS doc
FROM {{.Kind.Name}} AS r
WHERE r.id = :id;
