-- Which of the store's tables the mirror has, and what tells of their columns and NetBox.
SELECT name FROM mirror.sqlite_schema
WHERE type = 'table' AND name IN ('preview', 'run', 'journal', 'decision', 'sync_state')
UNION ALL
SELECT 'run.netbox' FROM pragma_table_info('run', 'mirror') WHERE name = 'netbox';
