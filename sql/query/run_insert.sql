-- A run that begins.
INSERT INTO run (id, plan, preview, started_at, status)
VALUES (:id, :plan, :preview, :started_at, 'running');
