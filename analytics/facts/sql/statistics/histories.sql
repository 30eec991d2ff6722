-- When and how often each customer bought again up to $day, in units of $unit days from its first purchase; definition in
-- small: analytics.analysis.buying_histories.buying_histories.
SELECT
    customer_id,
    count(*) - 1 AS repeat_purchases,
    CAST(max(occurred_on) - min(occurred_on) AS DOUBLE) / $unit AS time_to_last,
    CAST($day - min(occurred_on) AS DOUBLE) / $unit AS time_observed,
    CAST(sum(amount) - arg_min(amount, occurred_on) AS DOUBLE) / nullif(count(*) - 1, 0) AS mean_repeat_amount
FROM (
    SELECT customer_id, occurred_on, CAST(sum(gross_amount) AS BIGINT) AS amount
    FROM orders
    WHERE is_purchase AND customer_id IS NOT NULL AND occurred_on <= $day
    GROUP BY customer_id, occurred_on
)
GROUP BY customer_id
ORDER BY customer_id
