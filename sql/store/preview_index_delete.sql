-- The index of a preview that is pruned.
DELETE FROM preview_index WHERE preview = :id;
