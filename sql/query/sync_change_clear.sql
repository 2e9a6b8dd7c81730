-- Forgets the changelog of a NetBox that was restored: its ids come anew.
DELETE FROM object_change;
