-- The changes beyond one that the mirror has.
SELECT id FROM object_change WHERE id > :low;
