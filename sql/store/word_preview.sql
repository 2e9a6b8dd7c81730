-- The newest previews, for a shell's completion.
SELECT id AS word
FROM preview
ORDER BY created_at DESC
LIMIT 50;
