-- Drops rows of objects that are neither wanted nor there.
DELETE FROM signature WHERE want IS NULL AND have IS NULL;
