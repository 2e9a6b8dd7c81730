-- A run that begins.
INSERT INTO run (id, netbox, plan, preview, intent, told, started_at, status)
VALUES (:id, :netbox, :plan, :preview, :intent, :told, :started_at, 'running');
