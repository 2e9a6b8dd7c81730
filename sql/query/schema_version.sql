-- A number that changes whenever a table or view of the file does.
SELECT schema_version FROM pragma_schema_version;
