-- From where the sync continues.
SELECT key, value FROM sync_state ORDER BY key;
