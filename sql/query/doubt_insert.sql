-- An object whose marks have to be looked at.
INSERT INTO doubt (kind, id, actor, user, time, message) VALUES (?, ?, ?, ?, ?, ?);
