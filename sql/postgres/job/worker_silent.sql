SELECT id FROM diet_worker WHERE seen < CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - CAST($1 AS BIGINT);
