-- Takes over the runs of a diet that did not note their NetBox.
INSERT INTO main.run (id, netbox, plan, preview, started_at, finished_at, status, result)
SELECT id, :netbox, plan, preview, started_at, finished_at, status, result
FROM mirror.run
WHERE true
ON CONFLICT DO NOTHING;
