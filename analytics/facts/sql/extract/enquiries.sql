SELECT
    t.id AS case_id,
    t.customer_id AS customer_id,
    utc(t.occurred_at) AS occurred_at,
    t.staff_id AS staff_id,
    t.unit_id AS unit_id,
    t.region_id AS region_id,
    t.channel_id AS channel_id,
    t.receiving_unit_id AS receiving_unit_id,
    t.status AS status,
    t.outcome AS outcome,
    t.product_id AS product_id,
    t.minutes_spent AS minutes_spent,
    utc(t.received_at) AS received_at,
    utc(t.due_at) AS due_at,
    utc(t.resolved_at) AS resolved_at,
    t.topic AS topic,
    t.id * 31 + t.version * 17 + t.customer_id * 7 + COALESCE(t.staff_id, 0) * 5 + COALESCE(t.unit_id, 0) * 3
        + COALESCE(t.region_id, 0) * 11 + COALESCE(t.channel_id, 0) + COALESCE(t.product_id, 0) * 13 AS check_sum
FROM interactions_enquiry t
WHERE t.deleted_at IS NULL
