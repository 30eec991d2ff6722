-- Days between two consecutive purchase days; two orders of one day are one visit.
SELECT customer_id, gap
FROM (
    SELECT customer_id, occurred_on - lag(occurred_on) OVER (PARTITION BY customer_id ORDER BY occurred_on) AS gap
    FROM (
        SELECT DISTINCT customer_id, occurred_on
        FROM orders
        WHERE is_purchase AND customer_id IS NOT NULL AND occurred_on <= $day
    )
)
WHERE gap IS NOT NULL
