SELECT
    t.id AS staff_id,
    t.username AS code,
    t.first_name AS first_name,
    t.last_name AS last_name,
    t.unit_id AS unit_id,
    t.region_id AS region_id
FROM accounts_user t
