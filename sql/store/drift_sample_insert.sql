-- How a plan stood; a second check at the very same time says the same.
INSERT INTO drift_sample (netbox, plan, at, status, objects, pending, modified, missing, orphaned, unmanaged, released, conflicts, accepted)
VALUES (
  :netbox, :plan, :at, :status, :objects, :pending, :modified, :missing, :orphaned, :unmanaged, :released, :conflicts, :accepted
)
ON CONFLICT (netbox, plan, at) DO NOTHING;
