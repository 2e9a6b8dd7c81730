-- How many tables, views, triggers and indexes of the cache there are.
SELECT count(*) AS n
FROM sqlite_schema
WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND tbl_name NOT IN ('schema_file', 'preview', 'run', 'journal', 'decision');
