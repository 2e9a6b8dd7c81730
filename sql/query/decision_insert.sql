-- What policy said of one difference.
INSERT INTO decision (plan, kind, object, field, class, decision, rule, severity, message)
VALUES (:plan, :kind, :object, :field, :class, :decision, :rule, :severity, :message)
ON CONFLICT (plan, kind, object, field) DO UPDATE SET
  class = excluded.class,
  decision = excluded.decision,
  rule = excluded.rule,
  severity = excluded.severity,
  message = excluded.message;
