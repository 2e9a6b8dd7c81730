-- A run that begins.
INSERT INTO run (id, netbox, plan, preview, intent, started_at, status)
VALUES (:id, :netbox, :plan, :preview, :intent, :started_at, 'running');
