-- Forgets objects that the last diff wanted: JSON lists of kind and object.
DELETE FROM desired WHERE (kind, object) IN (SELECT e.value ->> 0, e.value ->> 1 FROM jsonb_each(:rows) AS e);
