-- Changes that the mirror has and NetBox no longer has, or has under another
-- request: those beyond :after up to :last that are not on :page, NetBox's
-- JSON of the same range.
SELECT id, request_id FROM object_change WHERE id > :after AND id <= :last
EXCEPT
SELECT e.value ->> '$.id' AS id, e.value ->> '$.request_id' AS request_id FROM jsonb_each(:page, '$.results') AS e
ORDER BY id;
