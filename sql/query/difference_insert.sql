-- One field that differs.
INSERT INTO difference (kind, object, plan, field, base, want, have, class)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);
