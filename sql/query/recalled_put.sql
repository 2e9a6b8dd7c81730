-- Notes that all that the changelog says of the objects of :ids, a JSON array, has been read.
INSERT INTO recalled (kind, id)
SELECT '{{.Kind.Name}}', value FROM json_each(:ids) WHERE true
ON CONFLICT DO NOTHING;
