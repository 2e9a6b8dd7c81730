-- The columns of a table of a store in a file.
SELECT name, type FROM pragma_table_info(:table) ORDER BY cid;
