-- Whether diet has ever made its tables here.
SELECT count(to_regclass('schema_file'));
