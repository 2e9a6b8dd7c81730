INSERT INTO diet_worker (id, seen) VALUES ($1, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
ON CONFLICT (id) DO UPDATE SET seen = excluded.seen;
