-- Some rows of a list of a preview, by their numbers: an array.
SELECT seq, document FROM preview_row WHERE preview = :id AND part = :part AND seq IN (SELECT value FROM json_each(:numbers)) ORDER BY seq;
