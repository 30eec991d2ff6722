SELECT
    t.id AS contact_id,
    t.customer_id AS customer_id,
    utc(t.occurred_at) AS occurred_at,
    t.staff_id AS staff_id,
    t.unit_id AS unit_id,
    t.region_id AS region_id,
    t.channel_id AS channel_id,
    t.direction AS direction,
    CASE WHEN t.is_answered THEN 1 ELSE 0 END AS is_answered,
    t.product_id AS product_id,
    t.minutes_spent AS minutes_spent,
    t.concern AS concern,
    t.competitor AS competitor,
    t.id * 31 + t.version * 17 + t.customer_id * 7 + COALESCE(t.staff_id, 0) * 5 + COALESCE(t.unit_id, 0) * 3
        + COALESCE(t.region_id, 0) * 11 + COALESCE(t.channel_id, 0) + COALESCE(t.product_id, 0) * 13 AS check_sum
FROM interactions_interaction t
WHERE t.deleted_at IS NULL
