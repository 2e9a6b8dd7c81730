-- The places, in a batch of objects of a kind, of those that have another text than when they were
-- last read, with the hash of the row that each has.
SELECT s.rowid AS place, t.hash
FROM temp.incoming AS s
LEFT JOIN {{.Kind.Name}} AS t ON t.id = s.v0
WHERE s.batch = ? AND t.text_hash IS NOT s.hash;
