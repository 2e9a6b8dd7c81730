-- Whether a run, and so its journal, is in the store.
SELECT count(*) FROM run WHERE id = :id AND netbox IN ('', :netbox);
