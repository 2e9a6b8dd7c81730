-- What the loaded plans would change, field by field; class says why. Objects
-- that are to be created stand here with field NULL and class absent.
CREATE VIEW change AS
SELECT kind, plan, object, field, base, want, have, class
FROM difference
WHERE class <> 'in_sync'
UNION ALL
SELECT kind, plan, object, NULL, NULL, NULL, NULL, 'absent'
FROM signature
WHERE want IS NOT NULL AND id IS NULL;
