-- Whether the changelog holds messages: releases before 4.4 keep none.
SELECT EXISTS (SELECT 1 FROM object_change WHERE message <> '') AS kept;
