-- How many requests of a journal the mirror knows.
SELECT count(*) FROM own_request WHERE journaled = 1;
