-- A piece of the index of a preview.
INSERT INTO preview_index (preview, part, seq, data) VALUES (:preview, :part, :seq, :data);
