-- One interface that a plan wants. :id is the NetBox id of the interface that bears
-- the object id, or NULL.
INSERT INTO desired_interface (object, plan, source, id, fields, initial, owner)
VALUES (:object, :plan, :source, :id, :fields, :initial, :owner);
