-- Forgets which marks have to be looked at.
DELETE FROM doubt;
