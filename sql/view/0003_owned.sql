-- One row an object of a kind that diet owns, its own or not. object and plan say whose
-- it is, shown_object and shown_plan what its marks say. doc is what NetBox has,
-- as one JSON object by field: references are NetBox ids, a tag is a field tag.<slug>,
-- a custom field is cf.<name>. A tag that diet put there is the field that it was then, whatever
-- it is called now; another one that has its slug now is tag.<slug>#<id>. tagged are the ids of
-- the tags by these fields. base is what diet last applied, by the same names. Joins
-- go to the view of one kind: SQLite reads a UNION ALL whole before it joins it.
-- uid tells plans with one key apart. initial is what diet applied of fields that are only
-- set at creation. tmp is what diet wrote temporarily. turned = 1 is a cable whose side A in NetBox is diet's b.
{{- range $i, $k := .Owned}}
CREATE VIEW owned_{{.Name}} AS
SELECT
  '{{.Name}}' AS kind,
  r.id,
  r.object_id AS object,
  r.plan,
  coalesce(r.uid, '') AS uid,
  r.shown_object,
  r.shown_plan,
  r.version,
  coalesce(r.managed, 1) AS managed,
  r.protected,
  coalesce(r.source, '') AS source,
  {{template "label" .}} AS name,
{{- with .ParentKind}}
  (SELECT p.object_id FROM {{.}} AS p WHERE p.id = r.{{$k.Parent}}_id) AS owner,
{{- else}}
  NULL AS owner,
{{- end}}
  r.base,
  r.initial,
  r.keys,
  r.released,
  r.tmp,
  '{'
    || coalesce((SELECT group_concat(json_quote(g.field) || ':true,', '') FROM {{template "tags" .}} AS g), '')
    || coalesce((
      SELECT group_concat(json_quote('cf.' || e.key) || ':' || (r.custom_fields -> e.fullkey) || ',', '')
      FROM json_each(r.custom_fields) AS e
    ), '')
{{- if .HasEnds}}
    || CASE
      WHEN r.profile IS NULL THEN ''
      ELSE coalesce((
        SELECT group_concat(json_quote('b' || p.number) || ':' || p.port || ',', '')
        FROM cable_plug AS p
        WHERE p.cable_id = r.id AND p.number > 1
      ), '')
    END
    || coalesce((
      SELECT group_concat('"' || o.field || '":' || o.port || ',', '')
      FROM (
        SELECT
          CASE t.termination_type{{range .Sides}} WHEN '{{.To.ObjectType}}' THEN '{{.Name}}'{{end}} END AS field,
          CASE
            WHEN count(*) = 1 THEN min(t.termination_id)
            ELSE json_quote(group_concat(t.termination_type || ':' || t.termination_id))
          END AS port
        FROM cable_termination AS t
        WHERE t.cable_id = r.id
          AND t.termination_type IN ({{range $j, $p := .Sides}}{{if $j}}, {{end}}'{{$p.To.ObjectType}}'{{end}})
        GROUP BY t.termination_type
      ) AS o
    ), '')
{{- end}}
    || substr(json_object({{range $j, $f := .Plain}}{{if $j}}, {{end}}'{{.Name}}', {{template "doc" .}}{{end}}), 2) AS doc,
  (SELECT json_group_object(g.field, g.id) FROM {{template "tags" .}} AS g) AS tagged,
  r.created,
  r.last_updated,
  {{if .HasEnds}}s.turned{{else}}0{{end}} AS turned,
  r.stale
FROM {{.Name}} AS r
{{- if .HasEnds}}
JOIN cable_side AS s ON s.id = r.id
{{- end}};
{{end}}
-- The same without what it takes work to tell, such as doc: whose each object is.
{{- range $i, $k := .Owned}}
CREATE VIEW marked_{{.Name}} AS
SELECT
  '{{.Name}}' AS kind,
  r.id,
  r.object_id AS object,
  r.plan,
  coalesce(r.uid, '') AS uid,
  r.shown_object,
  r.shown_plan,
  r.version,
  coalesce(r.managed, 1) AS managed,
  {{template "label" .}} AS name,
  r.released,
  r.created
FROM {{.Name}} AS r;
{{end}}
CREATE VIEW marked AS
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT * FROM marked_{{.Name}}
{{- end}};

CREATE VIEW owned AS
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT * FROM owned_{{.Name}}
{{- end}};
{{define "doc"}}
  {{- if eq .Type "end"}}s.{{.Name}}
  {{- else if eq .Type "bool"}}json(CASE r.{{.Column}} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)
  {{- else}}r.{{.Column}}
  {{- end}}
{{- end}}
{{define "tags"}}(
      SELECT
        e.value AS id,
        coalesce(
          (SELECT k.key FROM json_each(r.keys) AS k WHERE k.key GLOB 'tag.*' AND k.value = e.value),
          'tag.' || coalesce(t.slug, '') || CASE
            WHEN t.id IS NULL OR EXISTS (
              SELECT 1
              FROM json_each(r.keys) AS k
              JOIN tag AS w ON w.id = k.value
              WHERE k.key = 'tag.' || t.slug
            ) THEN '#' || e.value
            ELSE ''
          END
        ) AS field
      FROM json_each(r.tags) AS e
      LEFT JOIN tag AS t ON t.id = e.value
    )
{{- end}}
