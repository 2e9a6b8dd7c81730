-- Another number after each change of what says whose objects are.
SELECT n FROM marks_revision;
