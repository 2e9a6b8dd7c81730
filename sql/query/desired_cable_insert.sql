-- One cable that a plan wants. :id is the NetBox id of the cable that bears
-- the object id, or NULL.
INSERT INTO desired_cable (object, plan, source, id, fields, initial)
VALUES (:object, :plan, :source, :id, :fields, :initial);
