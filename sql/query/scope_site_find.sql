-- The sites with the slugs of :slugs, a JSON array.
SELECT id, slug FROM site WHERE slug IN (SELECT value FROM json_each(:slugs)) ORDER BY id;
