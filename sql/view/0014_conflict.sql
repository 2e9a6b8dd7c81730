-- Fields of the loaded plans that both the plan and somebody else changed.
CREATE VIEW conflict AS
SELECT kind, plan, object, field, base, want, have
FROM difference
WHERE class = 'conflict';
