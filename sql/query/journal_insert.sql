-- A request that is about to be sent.
INSERT INTO journal (run, seq, batch, method, kind, objects, sent_at, status)
VALUES (:run, :seq, :batch, :method, :kind, :objects, :sent_at, 'sent');
