-- The approvals of a preview that is pruned.
DELETE FROM approval WHERE preview = :id;
