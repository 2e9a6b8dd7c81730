-- Fields that differ.
INSERT INTO difference (kind, object, plan, field, base, want, have, class)
SELECT v0, v1, v2, v3, v4, v5, v6, v7
FROM temp.incoming
WHERE batch = ?;
