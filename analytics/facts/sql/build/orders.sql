SELECT
    o.*,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(o.occurred_at) AS hour,
    coalesce(t.is_purchase, FALSE) AS is_purchase,
    coalesce(t.gross_amount, 0) AS gross_amount,
    coalesce(t.net_amount, 0) AS net_amount,
    o.delivered_on - o.promised_on AS days_late,
    o.paid_on - coalesce(o.invoiced_on, o.occurred_on) AS settlement_days,
    date_diff('second', o.created_at, o.confirmed_at) / 3600.0 AS hours_to_confirm,
    c.month AS part
FROM rated_orders o
JOIN calendar c ON c.day = o.occurred_on
LEFT JOIN order_totals t ON t.order_id = o.order_id
WHERE NOT o.is_rate_missing
