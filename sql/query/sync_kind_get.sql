-- When each kind was last asked for edits, the server's clock.
SELECT kind, synced_at FROM sync_kind ORDER BY kind;
