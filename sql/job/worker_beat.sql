INSERT INTO diet_worker (id, seen) VALUES ($1, CAST(unixepoch('subsec') * 1000 AS INTEGER))
ON CONFLICT (id) DO UPDATE SET seen = excluded.seen;
