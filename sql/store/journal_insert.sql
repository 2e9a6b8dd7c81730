-- A request that is about to be sent.
INSERT INTO journal (run, seq, batch, method, kind, objects, payload, inverse, guarded, sent_at, status)
VALUES (:run, :seq, :batch, :method, :kind, :objects, :payload, :inverse, :guarded, :sent_at, 'sent');
