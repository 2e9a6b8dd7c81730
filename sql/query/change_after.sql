-- Forgets the changes after :at.
DELETE FROM object_change WHERE time > :at;
