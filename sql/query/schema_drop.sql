-- The statements that drop what is a cache: all views, and all tables but those of
-- earlier versions that the store takes over.
SELECT 'DROP ' || type || ' "' || name || '"' AS text
FROM sqlite_schema
WHERE type IN ('view', 'table')
  AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND name NOT IN ('schema_file', 'preview', 'run', 'journal', 'decision')
ORDER BY type DESC, name;
