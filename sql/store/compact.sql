-- Gives back to the system what rows have left empty.
VACUUM;
