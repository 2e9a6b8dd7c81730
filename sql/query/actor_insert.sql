-- Notes whose changes a user's are.
INSERT INTO actor (user, role) VALUES (:user, :role) ON CONFLICT DO NOTHING;
