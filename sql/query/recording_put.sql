-- What changes is recorded from now on: :now is NetBox's time, :since that of the last sync.
INSERT INTO recording (now, since, known, mark)
SELECT :now, :since, coalesce((SELECT max(id) FROM object_change), 0), coalesce((SELECT max(rowid) FROM past), 0);
