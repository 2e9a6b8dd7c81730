-- Forgets whose marks have moved: a diff has looked at them.
DELETE FROM moved;
