-- Objects of NetBox's have another text, and are what they were.
UPDATE {{.Kind.Name}}
SET text_hash = s.hash
FROM (SELECT v0 AS id, hash FROM temp.incoming WHERE batch = ?) AS s
WHERE {{.Kind.Name}}.id = s.id;
