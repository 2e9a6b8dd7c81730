-- Forgets whose changes are whose.
DELETE FROM actor;
