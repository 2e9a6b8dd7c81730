-- A copy may lack what its rows refer to.
PRAGMA foreign_keys = 0;
