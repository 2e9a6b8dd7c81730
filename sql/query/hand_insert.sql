-- Users by whom diet wrote.
INSERT INTO hand (user)
SELECT v0
FROM temp.incoming
WHERE batch = ?;
