-- An approval of a preview. A later one by the same key takes its place.
INSERT INTO approval (preview, signer, document) VALUES (:preview, :signer, :document)
ON CONFLICT (preview, signer) DO UPDATE SET document = excluded.document;
