-- What is wrong with the file, or ok.
PRAGMA integrity_check(1);
