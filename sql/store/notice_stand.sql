-- What there is to say by now.
INSERT INTO notice (netbox, rule, plan, topic, standing, said, said_at)
VALUES (:netbox, :rule, :plan, :topic, :standing, '{}', '')
ON CONFLICT (netbox, rule, plan, topic) DO UPDATE SET standing = excluded.standing;
