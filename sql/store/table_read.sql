-- All rows of a table.
SELECT {{join .Columns ", "}} FROM {{.Table}};
