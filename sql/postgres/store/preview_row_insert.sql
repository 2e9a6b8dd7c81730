-- Rows of a list of a preview: an array of texts, the first of which is the one with the number :first.
INSERT INTO preview_row (preview, part, seq, document)
SELECT :preview, :part, CAST(:first AS BIGINT) + r.place - 1, r.value
FROM json_array_elements_text(CAST(:rows AS json)) WITH ORDINALITY AS r (value, place);
