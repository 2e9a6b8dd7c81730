-- What is compared with an object but stored elsewhere makes its signature stale: a
-- cable's ends, and the slugs of tags, which are kept by id. Where a tag is gone that diet put on
-- an object, one of that slug counts as it; tags of diet's own come and go with each run.
CREATE INDEX device_rack_position_idx ON device (rack_id, position);

CREATE INDEX cable_termination_side_idx ON cable_termination (cable_id, cable_end);

CREATE TRIGGER cable_termination_insert AFTER INSERT ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id = new.cable_id;
END;

CREATE TRIGGER cable_termination_update AFTER UPDATE ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id IN (old.cable_id, new.cable_id);
END;

CREATE TRIGGER cable_termination_delete AFTER DELETE ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id = old.cable_id;
END;

CREATE TRIGGER tag_slug_update AFTER UPDATE OF slug ON tag WHEN new.slug IS NOT old.slug
BEGIN
{{- range .Owned}}
  UPDATE {{.Name}} SET stale = 1 WHERE new.id IN (SELECT value FROM json_each(tags));
{{- end}}
END;
{{range .Owned}}
CREATE INDEX {{.Name}}_tagged_idx ON {{.Name}} (plan) WHERE instr(keys, '"tag.') > 0;
{{end}}
CREATE TRIGGER tag_delete AFTER DELETE ON tag WHEN old.slug NOT GLOB 'diet-lease-*' AND old.slug NOT GLOB 'diet-hold-*'
BEGIN
{{- range .Owned}}
  UPDATE {{.Name}}
  SET stale = 1
  WHERE instr(keys, '"tag.') > 0
    AND EXISTS (SELECT 1 FROM json_each(keys) AS k WHERE k.key GLOB 'tag.*' AND k.value = old.id);
{{- end}}
END;
