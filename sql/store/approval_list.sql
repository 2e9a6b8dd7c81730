-- The approvals of a preview.
SELECT document FROM approval WHERE preview = :id ORDER BY signer;
