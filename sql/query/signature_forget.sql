-- Takes the want side off the signatures of what desired_delete forgot.
UPDATE signature SET want = NULL WHERE (kind, object) IN (SELECT e.value ->> 0, e.value ->> 1 FROM jsonb_each(:rows) AS e);
