SELECT
    t.id AS entry_id,
    t.customer_id AS customer_id,
    utc(t.occurred_at) AS occurred_at,
    t.staff_id AS staff_id,
    t.unit_id AS unit_id,
    t.purpose AS purpose,
    t.target AS target,
    t.segment_id AS segment_id,
    CAST(ROUND(t.amount * 100) AS BIGINT) AS amount,
    t.id * 31 + t.version * 17 + COALESCE(t.customer_id, 0) * 7 + COALESCE(t.staff_id, 0) * 5
        + COALESCE(t.unit_id, 0) * 3 + COALESCE(t.segment_id, 0) * 11 + CAST(ROUND(t.amount * 100) AS BIGINT) AS check_sum
FROM analytics_costentry t
WHERE t.deleted_at IS NULL
