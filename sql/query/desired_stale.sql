-- Which objects the rows of :rows, a JSON array, are.
SELECT kind, object FROM desired WHERE rowid IN (SELECT value FROM json_each(:rows));
