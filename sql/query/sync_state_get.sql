-- What the sync goes on from.
SELECT key, value FROM sync_state ORDER BY key;
