SELECT job, token FROM diet_claim WHERE plan = $1;
