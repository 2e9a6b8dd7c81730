-- The views of the file.
SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name;
