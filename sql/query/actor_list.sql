-- Whose changes are whose, by user.
SELECT user, role FROM actor ORDER BY role, user;
