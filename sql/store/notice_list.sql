-- What a rule has said, and what stands.
SELECT netbox, rule, plan, topic, standing, said, said_at
FROM notice
WHERE netbox = :netbox AND rule = :rule
ORDER BY plan, topic;
