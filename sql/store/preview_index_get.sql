-- Pieces of a part of the index of a preview, from :first to :last.
SELECT data FROM preview_index WHERE preview = :id AND part = :part AND seq BETWEEN :first AND :last ORDER BY seq;
