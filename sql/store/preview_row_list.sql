-- The lists of a preview, each in its order.
SELECT part, document FROM preview_row WHERE preview = :id ORDER BY part, seq;
