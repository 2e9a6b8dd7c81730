-- The runs of a plan, :id aside, that ended without a word: none of their requests is open any more.
UPDATE run
SET status = 'interrupted', finished_at = :finished_at
WHERE plan = :plan
  AND id <> :id
  AND netbox IN ('', :netbox)
  AND status = 'running'
  AND NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.run = run.id AND j.status IN ('sent', 'unknown'));
