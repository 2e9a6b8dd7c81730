-- A claim that counts no more goes to another job, unless somebody else has it by now.
UPDATE diet_claim SET job = $2, token = $3 WHERE plan = $1 AND token = $4;
