DELETE FROM diet_claim WHERE plan = $1 AND token = $2;
