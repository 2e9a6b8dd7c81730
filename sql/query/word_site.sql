-- The slugs of the sites in the mirror, for a shell's completion.
SELECT slug AS word FROM site ORDER BY slug;
