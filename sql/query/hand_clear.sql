-- Forgets the users by whom diet wrote.
DELETE FROM hand;
