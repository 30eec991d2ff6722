-- What each customer bought up to $day; definition in small: analytics.analysis.statistics.customer_statistics.
SELECT
    customer_id,
    count(*) FILTER (WHERE is_purchase) AS orders,
    min(occurred_on) FILTER (WHERE is_purchase) AS first_on,
    max(occurred_on) FILTER (WHERE is_purchase) AS last_on,
    CAST(sum(net_amount) AS BIGINT) AS amount,
    CAST(sum(gross_amount) AS BIGINT) AS gross_amount,
    count(*) FILTER (WHERE is_purchase AND occurred_on > $day - 365) AS orders_last_365,
    CAST(coalesce(sum(net_amount) FILTER (WHERE occurred_on > $day - 365), 0) AS BIGINT) AS amount_last_365,
    CAST(coalesce(sum(net_amount) FILTER (WHERE occurred_on > $day - 180), 0) AS BIGINT) AS amount_last_180,
    CAST(coalesce(sum(net_amount) FILTER (WHERE occurred_on > $day - 360), 0) AS BIGINT) AS amount_last_360
FROM orders
WHERE customer_id IS NOT NULL AND occurred_on <= $day
GROUP BY customer_id
