-- What policy said of one difference.
INSERT INTO decision (netbox, plan, kind, object, field, class, decision, rule, severity, message)
VALUES (:netbox, :plan, :kind, :object, :field, :class, :decision, :rule, :severity, :message)
ON CONFLICT (netbox, plan, kind, object, field) DO UPDATE SET
  class = excluded.class,
  decision = excluded.decision,
  rule = excluded.rule,
  severity = excluded.severity,
  message = excluded.message;
