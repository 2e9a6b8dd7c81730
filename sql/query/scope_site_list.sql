-- The sites that a mirror of some sites reads whole.
SELECT id FROM scope_site ORDER BY id;
