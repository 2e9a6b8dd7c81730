-- What became of a run after all.
UPDATE run SET status = :status WHERE id = :id;
