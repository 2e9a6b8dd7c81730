SELECT id FROM diet_worker WHERE seen < CAST(unixepoch('subsec') * 1000 AS INTEGER) - $1;
