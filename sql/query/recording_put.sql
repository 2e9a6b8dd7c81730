-- What changes is recorded from now on: :now is NetBox's time, :since that of the last sync.
INSERT INTO recording (now, since, known) SELECT :now, :since, coalesce(max(id), 0) FROM object_change;
