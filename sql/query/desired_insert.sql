-- One object that a plan wants.
INSERT INTO desired (kind, object, plan, source, id, owner, fields, initial, want)
VALUES (:kind, :object, :plan, :source, :id, :owner, :fields, :initial, :want);
