-- A session, as it is now. That somebody looked at a page is noted once a minute.
INSERT INTO diet_session (id, data, expires) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires = excluded.expires
WHERE diet_session.data IS DISTINCT FROM excluded.data OR excluded.expires NOT BETWEEN diet_session.expires AND diet_session.expires + 60;
