-- Values that no two objects of a kind may have, such as asset tags, that objects shall
-- get and that another one has. :objects are the objects. own is 1 for one of the same
-- plan, whose own change may free the value.
{{template "holders" .}}
JOIN {{.Kind.Name}} AS r ON r.{{.Field.Column}} = d.{{.Field.Column}} AND r.id IS NOT d.id
ORDER BY d.object, r.id;
