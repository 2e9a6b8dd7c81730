-- What policy said of differences: :rows is a JSON array of them.
INSERT INTO decision (netbox, plan, kind, object, field, class, decision, rule, severity, message)
SELECT
  e.value ->> 'NetBox',
  e.value ->> 'Plan',
  e.value ->> 'Kind',
  e.value ->> 'Object',
  e.value ->> 'Field',
  e.value ->> 'Class',
  e.value ->> 'Decision',
  e.value ->> 'Rule',
  e.value ->> 'Severity',
  e.value ->> 'Message'
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS e (value)
ON CONFLICT (netbox, plan, kind, object, field) DO UPDATE SET
  class = excluded.class,
  decision = excluded.decision,
  rule = excluded.rule,
  severity = excluded.severity,
  message = excluded.message;
