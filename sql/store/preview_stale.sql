-- What had changed when an apply refused a preview of the store: beside its index, which goes with it.
INSERT INTO preview_index (preview, part, seq, data)
SELECT p.id, 'stale', 0, :data FROM preview AS p WHERE p.id = :id
ON CONFLICT (preview, part, seq) DO UPDATE SET data = excluded.data;
