-- Rows of a list of a preview: an array of texts, the first of which is the one with the number :first.
INSERT INTO preview_row (preview, part, seq, document)
SELECT :preview, :part, :first + r.key, r.value FROM json_each(:rows) AS r;
