-- Forgets which shared objects those of the plan were applied with.
DELETE FROM remembered;
