-- What was run on this file.
SELECT name, hash FROM schema_file ORDER BY name;
