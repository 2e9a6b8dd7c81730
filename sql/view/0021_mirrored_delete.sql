-- Makes DELETE FROM mirrored delete from the kind's own table.
CREATE TRIGGER mirrored_delete INSTEAD OF DELETE ON mirrored
BEGIN
  DELETE FROM custom_field WHERE old.kind = 'custom_field' AND id = old.id;
  DELETE FROM tag WHERE old.kind = 'tag' AND id = old.id;
  DELETE FROM tenant WHERE old.kind = 'tenant' AND id = old.id;
  DELETE FROM manufacturer WHERE old.kind = 'manufacturer' AND id = old.id;
  DELETE FROM platform WHERE old.kind = 'platform' AND id = old.id;
  DELETE FROM device_role WHERE old.kind = 'device_role' AND id = old.id;
  DELETE FROM site WHERE old.kind = 'site' AND id = old.id;
  DELETE FROM location WHERE old.kind = 'location' AND id = old.id;
  DELETE FROM device_type WHERE old.kind = 'device_type' AND id = old.id;
  DELETE FROM interface_template WHERE old.kind = 'interface_template' AND id = old.id;
  DELETE FROM rack WHERE old.kind = 'rack' AND id = old.id;
  DELETE FROM device WHERE old.kind = 'device' AND id = old.id;
  DELETE FROM interface WHERE old.kind = 'interface' AND id = old.id;
  DELETE FROM cable WHERE old.kind = 'cable' AND id = old.id;
  DELETE FROM cable_termination WHERE old.kind = 'cable_termination' AND id = old.id;
  DELETE FROM ip_address WHERE old.kind = 'ip_address' AND id = old.id;
END;
