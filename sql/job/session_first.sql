-- What is to be the same for all: who comes first says what it is.
INSERT INTO diet_session (id, data, expires) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING;
