-- The ids of a kind that stand for the objects in :ids, a JSON array: the plugs of cables.
SELECT id FROM {{.Kind.Name}} WHERE {{with .Kind.StandsFor}}{{.}}_id IN (SELECT value FROM json_each(:ids)){{else}}false{{end}} ORDER BY id;
