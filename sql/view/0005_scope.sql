-- What a mirror of some sites keeps, by kind: what stands in them, what bears marks of
-- diet's, the cables on the ports of both, and what any of these refers to.
CREATE VIEW kept_cable AS
SELECT id FROM cable WHERE shown_object IS NOT NULL OR shown_plan IS NOT NULL
{{- range .Parts}}
UNION
SELECT t.cable_id
FROM cable_termination AS t
JOIN {{.Name}} AS i ON i.id = t.termination_id
LEFT JOIN device AS d ON d.id = i.device_id
WHERE t.termination_type = '{{.ObjectType}}'
  AND (d.site_id IN (SELECT id FROM scope_site) OR i.shown_object IS NOT NULL OR i.shown_plan IS NOT NULL)
{{- end}};
{{range $k := .AllParts}}
CREATE VIEW kept_{{.Name}} AS
SELECT i.id
FROM {{.Name}} AS i
JOIN device AS d ON d.id = i.device_id
WHERE d.site_id IN (SELECT id FROM scope_site)
{{- if $.IsPort .}}
UNION
SELECT t.termination_id
FROM cable_termination AS t
WHERE t.termination_type = '{{.ObjectType}}' AND t.cable_id IN (SELECT id FROM kept_cable)
{{- end}}
UNION
SELECT id FROM {{.Name}} WHERE shown_object IS NOT NULL OR shown_plan IS NOT NULL
{{- range $by := $.AllParts}}
{{- range .Stored}}
{{- if eq .To $k.Name}}
UNION
SELECT {{.Column}} FROM {{$by.Name}} WHERE {{.Column}} IS NOT NULL AND (shown_object IS NOT NULL OR shown_plan IS NOT NULL)
{{- end}}
{{- end}}
{{- end}};
{{end}}
CREATE VIEW kept_device AS
SELECT id FROM device WHERE site_id IN (SELECT id FROM scope_site) OR shown_object IS NOT NULL OR shown_plan IS NOT NULL
{{- range .AllParts}}
UNION
SELECT device_id FROM {{.Name}} WHERE id IN (SELECT id FROM kept_{{.Name}})
{{- end}};

CREATE VIEW kept_rack AS
SELECT id FROM rack WHERE site_id IN (SELECT id FROM scope_site) OR shown_object IS NOT NULL OR shown_plan IS NOT NULL
UNION
SELECT rack_id FROM device WHERE rack_id IS NOT NULL AND id IN (SELECT id FROM kept_device);
