-- Parts that NetBox itself made from the device type's template when diet created
-- the device: their create rows stand in one request, and the device has its id since
-- then (a person's device got it when it was adopted). Beyond the changelog those that
-- were made in the same seconds and are as the template has them. None that a person has
-- edited in what the plan states. What came with a module that diet made is as such.
SELECT o.id
FROM desired_{{.Kind.Name}} AS d
JOIN {{.Kind.Name}} AS o ON o.{{.Kind.Parent}}_id = d.{{.Kind.Parent}}_id AND o.name = d.name
JOIN {{.Parent.Name}} AS e ON e.id = o.{{.Kind.Parent}}_id
WHERE d.id IS NULL
  AND e.object_id IS NOT NULL
  AND o.object_id IS NULL
  AND (
    EXISTS (
      SELECT 1
      FROM object_change AS ci
      JOIN object_change AS cd ON cd.request_id = ci.request_id
        AND cd.object_type = '{{.Parent.ObjectType}}' AND cd.object_id = o.{{.Kind.Parent}}_id AND cd.action = 'create'
      WHERE ci.object_type = '{{.Kind.ObjectType}}'
        AND ci.object_id = o.id
        AND ci.action = 'create'
        AND (
          EXISTS (SELECT 1 FROM own_request AS q WHERE q.request_id = cd.request_id)
          OR NOT EXISTS (
            SELECT 1
            FROM object_change AS ca
            WHERE ca.object_type = '{{.Parent.ObjectType}}'
              AND ca.object_id = o.{{.Kind.Parent}}_id
              AND ca.action = 'update'
              AND ca.fields LIKE '%"cf.diet\_object\_id"%' ESCAPE '\'
          )
        )
    )
{{- range .Kind.Stored}}
{{- if $.Kind.CameWith .}}
    OR EXISTS (
      SELECT 1
      FROM {{.To}} AS m
      JOIN object_change AS cm ON cm.object_type = '{{$.ObjectType .To}}' AND cm.object_id = m.id AND cm.action = 'create'
      JOIN object_change AS ci ON ci.request_id = cm.request_id
        AND ci.object_type = '{{$.Kind.ObjectType}}' AND ci.object_id = o.id AND ci.action = 'create'
      WHERE m.id = o.{{.Column}} AND m.object_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM own_request AS q WHERE q.request_id = cm.request_id)
    )
{{- end}}
{{- end}}
    OR (
      NOT EXISTS (
        SELECT 1
        FROM object_change AS ci
        WHERE ci.object_type = '{{.Kind.ObjectType}}' AND ci.object_id = o.id AND ci.action = 'create'
      )
      AND abs(julianday(o.created) - julianday(e.created)) * 86400 < 5
      AND EXISTS (
        SELECT 1
        FROM {{.Template.Name}} AS t
        WHERE t.{{.Template.Parent}}_id = e.{{.Template.Parent}}_id
          AND t.name = o.name
{{- if .Template.Has "type"}}
          AND t.type IS o.type
{{- end}}
          AND o.description = ''{{if .Kind.Has "enabled"}}
          AND o.enabled{{end}}
      )
    )
  )
  AND NOT EXISTS (
    SELECT 1
    FROM authored AS u
    JOIN json_each(coalesce(u.fields, '[]')) AS f
    WHERE u.object_type = '{{.Kind.ObjectType}}'
      AND u.object_id = o.id
      AND u.action = 'update'
      AND u.actor <> 'diet'
      AND json_type(d.fields, '$."' || f.value || '"') IS NOT NULL
  )
ORDER BY o.id;
