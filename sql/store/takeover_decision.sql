-- Takes the decisions over.
INSERT INTO main.decision (netbox, plan, kind, object, field, class, decision, rule, severity, message)
SELECT :netbox, plan, kind, object, field, class, decision, rule, severity, message
FROM mirror.decision
WHERE true
ON CONFLICT DO NOTHING;
