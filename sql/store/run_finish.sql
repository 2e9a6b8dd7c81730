-- A run that has ended, with what became of every object.
UPDATE run
SET finished_at = :finished_at, status = :status, result = :result
WHERE id = :id;
