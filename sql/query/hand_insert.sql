-- A user by whom diet wrote.
INSERT INTO hand (user) VALUES (?);
