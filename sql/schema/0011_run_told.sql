-- What the plan of a run told the policies, as JSON: its uid, labels and spec.reconcile. A rollback goes by it.
ALTER TABLE run ADD COLUMN told TEXT NOT NULL DEFAULT '';
