-- What a run was to do, by a digest: after a rollback of it, that is not done again unasked.
ALTER TABLE run ADD COLUMN intent TEXT NOT NULL DEFAULT '';
