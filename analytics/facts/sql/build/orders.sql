SELECT
    o.*,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(o.occurred_at) AS hour,
    coalesce(t.is_purchase, FALSE) AS is_purchase,
    coalesce(t.gross_amount, 0) AS gross_amount,
    coalesce(t.net_amount, 0) AS net_amount,
    c.month AS part
FROM rated_orders o
JOIN calendar c ON c.day = o.occurred_on
LEFT JOIN order_totals t ON t.order_id = o.order_id
WHERE NOT o.is_rate_missing
