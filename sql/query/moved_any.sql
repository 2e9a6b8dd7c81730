-- Whether the marks of any object have moved since the last diff.
SELECT EXISTS (SELECT 1 FROM moved) AS moved;
