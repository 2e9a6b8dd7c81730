-- How many objects of a kind are of a type.
SELECT count(*)
FROM {{.Kind.Name}}
WHERE {{.Field.Column}} = :id;
