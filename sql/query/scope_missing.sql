-- What a mirror of some sites is to hold of a kind, and does not.
SELECT id FROM kept_{{.Kind.Name}}
EXCEPT
SELECT id FROM {{.Kind.Name}}
ORDER BY id;
