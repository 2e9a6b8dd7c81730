-- Takes over the journal of a diet that noted no payloads.
INSERT INTO main.journal (run, seq, batch, method, kind, objects, payload, inverse, guarded, sent_at, done_at, status, request_id, error)
SELECT run, seq, batch, method, kind, objects, '[]', '[]', 0, sent_at, done_at, status, request_id, error
FROM mirror.journal
WHERE true
ON CONFLICT DO NOTHING;
