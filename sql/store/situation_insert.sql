-- What was decided for a preview, instead of what was for the same one before.
INSERT INTO situation (preview, netbox, plan, created_at, decisions, left_out)
VALUES (:preview, :netbox, :plan, :created_at, :decisions, :left_out)
ON CONFLICT (preview) DO UPDATE SET created_at = excluded.created_at, decisions = excluded.decisions, left_out = excluded.left_out;
