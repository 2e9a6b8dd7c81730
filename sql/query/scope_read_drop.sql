-- What the objects of :kind with the ids of :ids, a JSON array, hold is to be read again.
DELETE FROM scope_read WHERE kind = :kind AND id IN (SELECT value FROM json_each(:ids));
