-- What people were told; what stands may have moved on meanwhile. One that was quietly
-- brought up to date keeps the time.
UPDATE notice
SET said = :said, said_at = :said_at
WHERE netbox = :netbox AND rule = :rule AND plan = :plan AND topic = :topic;
