-- The lists of a preview that is pruned.
DELETE FROM preview_row WHERE preview = :id;
