-- Objects whose marks have to be looked at.
INSERT INTO doubt (kind, id, actor, user, time, message, object, plan)
SELECT v0, v1, v2, v3, v4, v5, v6, v7
FROM temp.incoming
WHERE batch = ?;
