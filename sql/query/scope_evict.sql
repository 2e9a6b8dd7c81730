-- Drops what a mirror of some sites does not hold.
DELETE FROM {{.Kind.Name}} WHERE id NOT IN (SELECT id FROM kept_{{.Kind.Name}});
