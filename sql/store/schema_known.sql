-- Whether diet has ever made its tables here.
SELECT count(*) FROM sqlite_schema WHERE name = 'schema_file';
