SELECT
    t.id AS customer_id,
    t.number AS number,
    t.type AS type,
    t.sex AS sex,
    t.birth_date AS birth_date,
    t.city AS city,
    t.country AS country,
    t.region_id AS region_id,
    t.relation_class AS relation_class,
    t.industry_id AS industry_id,
    t.channel_id AS channel_id,
    t.income_band AS income_band,
    t.owner_id AS owner_id,
    t.unit_id AS unit_id,
    utc(t.created_at) AS created_at,
    t.lost_on AS lost_on,
    t.lost_reason AS lost_reason,
    t.needs AS needs,
    t.preferences AS preferences,
    t.background AS background,
    CAST(t.custom AS TEXT) AS custom,
    CAST(t.consents AS TEXT) AS consents,
    t.id * 31 + t.version * 17 + COALESCE(t.owner_id, 0) * 7 + COALESCE(t.unit_id, 0) * 3
        + COALESCE(t.region_id, 0) * 11 + COALESCE(t.channel_id, 0) + COALESCE(t.industry_id, 0) * 13 AS check_sum
FROM customers_customer t
WHERE t.deleted_at IS NULL
