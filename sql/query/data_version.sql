-- Another number after each commit of another connection. It starts the transaction's
-- view of the file.
PRAGMA data_version;
