-- Keeps :value under :key.
INSERT INTO sync_state (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
