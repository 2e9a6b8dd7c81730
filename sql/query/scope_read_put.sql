-- What has been read that the objects of :kind with the ids of :ids, a JSON array, hold.
INSERT INTO scope_read (kind, id)
SELECT :kind, value FROM json_each(:ids) WHERE true
ON CONFLICT DO NOTHING;
