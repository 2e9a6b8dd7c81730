-- How many objects of a kind stand for each of the objects in :ids, a JSON array: how many plugs cables have.
SELECT {{with .Kind.StandsFor}}{{.}}_id{{else}}id{{end}} AS id, count(*) AS n FROM {{.Kind.Name}}
WHERE {{with .Kind.StandsFor}}{{.}}_id IN (SELECT value FROM json_each(:ids)){{else}}false{{end}} GROUP BY 1;
