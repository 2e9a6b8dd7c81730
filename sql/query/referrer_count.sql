-- How many objects of a kind refer to each of :ids, a JSON array, by one field.
SELECT o.{{.Field.Column}} AS target, count(*) AS n
FROM {{.Kind.Name}} AS o
WHERE o.{{.Field.Column}} IN (SELECT value FROM json_each(:ids))
GROUP BY o.{{.Field.Column}}
ORDER BY target;
