-- What was decided for the newest previews of a NetBox: of a plan, or of all where :plan is
-- empty; of one preview, where :preview is not.
SELECT preview, netbox, plan, created_at, decisions, left_out
FROM situation
WHERE netbox = :netbox AND (:plan = '' OR plan = :plan) AND (:preview = '' OR preview = :preview)
ORDER BY created_at DESC, preview DESC
LIMIT :newest;
