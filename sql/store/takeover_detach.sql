-- The mirror is done with.
DETACH DATABASE mirror;
