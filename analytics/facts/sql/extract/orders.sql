-- Orders that count: not in the recycle bin, neither drafts nor cancelled (Order.COUNTED).
-- utc(x) becomes a moment without zone, in UTC. check_sum lets the reconcile find what a watermark missed.
SELECT
    t.id AS order_id,
    t.number AS number,
    t.customer_id AS customer_id,
    t.type AS type,
    t.currency AS currency,
    utc(t.occurred_at) AS occurred_at,
    t.staff_id AS staff_id,
    t.unit_id AS unit_id,
    t.region_id AS region_id,
    t.channel_id AS channel_id,
    t.country AS country,
    t.promised_on AS promised_on,
    t.delivered_on AS delivered_on,
    t.carrier AS carrier,
    t.invoiced_on AS invoiced_on,
    t.due_on AS due_on,
    t.paid_on AS paid_on,
    utc(t.created_at) AS created_at,
    utc(t.confirmed_at) AS confirmed_at,
    t.id * 31 + t.version * 17 + COALESCE(t.customer_id, 0) * 7 + COALESCE(t.staff_id, 0) * 5
        + COALESCE(t.unit_id, 0) * 3 + COALESCE(t.region_id, 0) * 11 + COALESCE(t.channel_id, 0) AS check_sum
FROM interactions_order t
WHERE t.deleted_at IS NULL AND t.status IN ('confirmed', 'delivered')
