-- One row a rack: what NetBox has, as one JSON object of field and canonical
-- value, beside what diet last applied. References are NetBox ids, a tag is a
-- field tag.<slug>, a custom field is cf.<name>.
CREATE VIEW rack_doc AS
SELECT
  r.id,
  r.object_id,
  r.plan,
  r.managed,
  r.source,
  r.name,
  r.base,
  r.released,
  json_patch(
    json_patch(
      json_object(
        'name', r.name,
        'site', r.site_id,
        'location', r.location_id,
        'tenant', r.tenant_id,
        'role', r.role_id,
        'status', r.status,
        'serial', r.serial,
        'asset_tag', r.asset_tag,
        'u_height', r.u_height,
        'description', r.description,
        'comments', r.comments
      ),
      (SELECT json_group_object('tag.' || t.slug, json('true')) FROM json_each(r.tags) AS e JOIN tag AS t ON t.id = e.value)
    ),
    (SELECT json_group_object('cf.' || e.key, CASE e.type WHEN 'true' THEN json('true') WHEN 'false' THEN json('false') WHEN 'object' THEN json(e.value) WHEN 'array' THEN json(e.value) ELSE e.value END) FROM json_each(r.custom_fields) AS e)
  ) AS doc
FROM rack AS r;
