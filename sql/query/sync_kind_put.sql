-- Notes that a kind was synced at :now, the server's clock.
INSERT INTO sync_kind (kind, last_updated, rows, synced_at) VALUES (:kind, NULL, :rows, :now)
ON CONFLICT (kind) DO UPDATE SET rows = excluded.rows, synced_at = excluded.synced_at;
