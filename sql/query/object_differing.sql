-- The places, in a batch of objects of a kind, of those that are not as their rows are.
SELECT s.rowid
FROM temp.incoming AS s
LEFT JOIN {{.Kind.Name}} AS t ON t.id = s.v0
WHERE s.batch = ? AND t.hash IS NOT s.hash;
