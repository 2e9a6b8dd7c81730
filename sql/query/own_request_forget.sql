-- Forgets the requests that were diet's by their message.
DELETE FROM own_request WHERE journaled = 0;
