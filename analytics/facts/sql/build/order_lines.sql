SELECT
    l.line_id, l.order_id, o.customer_id, o.occurred_at, o.occurred_on,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(o.occurred_at) AS hour,
    o.staff_id, o.unit_id, o.region_id, o.channel_id, o.country,
    l.kind,
    l.kind IN ('sale', 'fee') AS is_gross,
    l.product_id, p.category_id,
    coalesce(NOT p.is_fee, FALSE) AND l.kind NOT IN ('fee', 'cancelled_fee', 'correction') AS is_product,
    CASE
        WHEN l.product_id IS NULL THEN NULL
        WHEN o.occurred_on - p.launched_on BETWEEN 0 AND {new_days} - 1 THEN 'new'
        ELSE 'established'
    END AS novelty,
    l.quantity,
    {cents} AS amount,
    {list_cents} AS list_amount,
    {cost} AS cost,
    c.month AS part
FROM staged_order_lines l
JOIN rated_orders o ON o.order_id = l.order_id
JOIN calendar c ON c.day = o.occurred_on
LEFT JOIN products p ON p.product_id = l.product_id
WHERE NOT o.is_rate_missing
