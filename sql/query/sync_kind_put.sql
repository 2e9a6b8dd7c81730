-- Notes that a kind was synced at :now, the server's clock.
INSERT INTO sync_kind (kind, rows, synced_at) VALUES (:kind, :rows, :now)
ON CONFLICT (kind) DO UPDATE SET rows = excluded.rows, synced_at = excluded.synced_at;
