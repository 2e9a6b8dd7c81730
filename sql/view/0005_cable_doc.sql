-- One row a cable: what NetBox has, as one JSON object of field and canonical
-- value, beside what diet last applied. References are NetBox ids, a tag is a
-- field tag.<slug>, a custom field is cf.<name>. Which side is A means nothing
-- in NetBox: the sides are turned to meet base, where that makes them agree.
CREATE VIEW cable_doc AS
SELECT
  r.id,
  r.object_id,
  r.plan,
  r.managed,
  r.source,
  coalesce(nullif(r.label, ''), '#' || r.id) AS name,
  r.base,
  r.released,
  json_patch(
    json_patch(
      json_object(
        'a', CASE WHEN e.turned THEN e.b ELSE e.a END,
        'b', CASE WHEN e.turned THEN e.a ELSE e.b END,
        'type', r.type,
        'status', r.status,
        'color', r.color,
        'label', r.label,
        'length', r.length,
        'length_unit', r.length_unit,
        'tenant', r.tenant_id,
        'description', r.description,
        'comments', r.comments
      ),
      (SELECT json_group_object('tag.' || t.slug, json('true')) FROM json_each(r.tags) AS e JOIN tag AS t ON t.id = e.value)
    ),
    (SELECT json_group_object('cf.' || e.key, CASE e.type WHEN 'true' THEN json('true') WHEN 'false' THEN json('false') WHEN 'object' THEN json(e.value) WHEN 'array' THEN json(e.value) ELSE e.value END) FROM json_each(r.custom_fields) AS e)
  ) AS doc
FROM cable AS r
JOIN (
  SELECT
    c.id,
    c.a,
    c.b,
    NOT (c.a IS k.base ->> 'a' OR c.b IS k.base ->> 'b') AND (c.a IS k.base ->> 'b' OR c.b IS k.base ->> 'a') AS turned
  FROM cable_end AS c
  JOIN cable AS k ON k.id = c.id
) AS e ON e.id = r.id;
