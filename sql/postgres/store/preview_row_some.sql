-- Some rows of a list of a preview, by their numbers: an array.
SELECT seq, document
FROM preview_row
WHERE preview = :id AND part = :part AND seq IN (SELECT CAST(n AS BIGINT) FROM json_array_elements_text(CAST(:numbers AS json)) AS n)
ORDER BY seq;
