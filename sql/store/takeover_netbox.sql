-- The NetBox that the mirror is of, if it was ever synced.
SELECT value FROM mirror.sync_state WHERE key = 'url';
