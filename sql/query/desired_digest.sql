-- What the last diff wanted.
SELECT kind, object, digest FROM desired;
