-- Objects whose marks have to be looked at.
INSERT INTO doubt (kind, id, actor, user, time, message)
SELECT v0, v1, v2, v3, v4, v5
FROM temp.incoming
WHERE batch = ?;
