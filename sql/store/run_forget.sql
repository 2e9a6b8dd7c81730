-- A run that has not sent anything.
DELETE FROM run
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.run = run.id);
