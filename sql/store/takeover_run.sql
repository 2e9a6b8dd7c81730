-- Takes the runs over.
INSERT INTO main.run (id, netbox, plan, preview, started_at, finished_at, status, result)
SELECT id, coalesce(nullif(:netbox, ''), rtrim(netbox, '/')), plan, preview, started_at, finished_at, status, result
FROM mirror.run
WHERE true
ON CONFLICT DO NOTHING;
