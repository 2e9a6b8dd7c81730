-- What NetBox last said: a table for each kind, and the list of kinds.
--
-- Values are as NetBox stores them: choices without their label, decimals as numbers,
-- '' where NetBox has an empty text, NULL where it has null. hash is over the other
-- columns, text_hash over NetBox's JSON and the version of what reads it: nothing is read of an
-- object where that is the same. The kinds that diet owns carry their ownership: managed,
-- protected and source are NetBox's diet_* custom fields; uid, base, released and tmp are parts of
-- diet_managed_fields, '{}' where that is absent or unreadable; initial is what base holds
-- of fields that are only set at creation, taken out of it; keys are what diet's
-- references referred to when they were applied: the natural keys of shared objects, the
-- object ids of its own. object_id and plan say
-- whose an object is: what diet itself wrote into diet_managed_fields (sealed = 1), else,
-- where an older diet left a base there, the marks that people see. Those are
-- shown_object and shown_plan, and prove nothing alone: without a base an object is
-- nobody's. version is that of diet_managed_fields. stale = 1 asks for a new signature.

CREATE TABLE kind (
  name        TEXT    PRIMARY KEY,
  object_type TEXT    NOT NULL UNIQUE, -- dcim.device
  rank        INTEGER NOT NULL,        -- what others refer to comes first
  owned       INTEGER NOT NULL
) STRICT;

{{range $i, $k := .Kinds -}}
INSERT INTO kind (name, object_type, rank, owned) VALUES ('{{$k.Name}}', '{{$k.ObjectType}}', {{$i}}, {{if $k.IsOwned}}1{{else}}0{{end}});
{{end}}
{{range .Kinds}}
CREATE TABLE {{.Name}} (
  id INTEGER PRIMARY KEY,
{{- range .Stored}}
  {{.Column}} {{template "type" .}}{{if .Required}} NOT NULL{{end}},
{{- if .FoldColumn}}
  {{.FoldColumn}} TEXT,
{{- end}}
{{- end}}
{{- if .IsOwned}}
  object_id TEXT,
  plan TEXT,
  uid TEXT,
  shown_object TEXT,
  shown_plan TEXT,
  sealed INTEGER NOT NULL,
  version INTEGER,
  managed INTEGER,
  protected INTEGER NOT NULL,
  source TEXT,
  base TEXT NOT NULL,
  initial TEXT NOT NULL,
  keys TEXT NOT NULL,
  released TEXT NOT NULL,
  tmp TEXT NOT NULL,
  created TEXT,
  stale INTEGER NOT NULL DEFAULT 1,
{{- end}}
  last_updated TEXT, -- as created: in UTC with six digits of a second, whatever the time zone of NetBox
  text_hash INTEGER,
  hash INTEGER NOT NULL
) STRICT;
{{- $kind := .Name}}
{{- if .IsOwned}}
CREATE INDEX {{.Name}}_object_id_idx ON {{.Name}} (object_id, plan, managed) WHERE object_id IS NOT NULL;
CREATE INDEX {{.Name}}_stale_idx ON {{.Name}} (id) WHERE stale = 1;
CREATE INDEX {{.Name}}_released_idx ON {{.Name}} (object_id) WHERE released <> '{}';
{{- end}}
{{- with .KeyColumns}}
CREATE INDEX {{$kind}}_key_idx ON {{$kind}} ({{join . ", "}});
{{- end}}
{{- range .Indexed}}
CREATE INDEX {{$kind}}_{{.Name}}_idx ON {{$kind}} ({{if .TypeField}}{{.TypeField}}, {{end}}{{.Column}})
{{- if not .Required}} WHERE {{.Column}} IS NOT NULL{{end}};
{{- end}}
{{end}}
{{define "type"}}
  {{- if or (eq .Type "integer") (eq .Type "bool") (eq .Type "reference") (eq .Type "generic")}}INTEGER
  {{- else if eq .Type "number"}}REAL
  {{- else}}TEXT{{end}}
{{- end}}
