-- The newest runs, for a shell's completion.
SELECT id AS word
FROM run
ORDER BY started_at DESC
LIMIT 50;
