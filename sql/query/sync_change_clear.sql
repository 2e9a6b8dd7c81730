-- Forgets the changelog of a NetBox that was restored: its ids are assigned again.
DELETE FROM object_change;
