-- A run that begins.
INSERT INTO run (id, netbox, plan, preview, started_at, status)
VALUES (:id, :netbox, :plan, :preview, :started_at, 'running');
