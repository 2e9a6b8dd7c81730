-- Parts that nobody's plan owns, stand where the plan wants one, and have a name of the templates of their device's type.
SELECT o.id
FROM desired_{{.Kind.Name}} AS d
JOIN {{.Kind.Name}} AS o ON o.{{.Kind.Parent}}_id = d.{{.Kind.Parent}}_id AND o.name = d.name
JOIN {{.Parent.Name}} AS e ON e.id = o.{{.Kind.Parent}}_id
JOIN {{.Template.Name}} AS t ON t.{{.Template.Parent}}_id = e.{{.Template.Parent}}_id AND t.name = o.name
WHERE d.id IS NULL AND o.object_id IS NULL
ORDER BY 1;
