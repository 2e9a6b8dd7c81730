INSERT INTO diet_claim (plan, job, token) VALUES ($1, $2, $3) ON CONFLICT (plan) DO NOTHING;
