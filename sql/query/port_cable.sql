-- The cables that end on a port.
SELECT DISTINCT cable_id FROM cable_termination WHERE termination_type = :type AND termination_id = :port ORDER BY cable_id;
