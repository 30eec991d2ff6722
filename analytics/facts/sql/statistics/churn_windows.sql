-- Counts of windows up to $day that a model of leaving looks at; definition in small:
-- analytics.analysis.churn_features.history.
WITH bought AS (
    SELECT
        customer_id,
        count(*) FILTER (WHERE occurred_on > $day - 90) AS orders_last_90,
        count(*) FILTER (WHERE occurred_on <= $day - 90) AS orders_previous_90
    FROM orders
    WHERE is_purchase AND occurred_on <= $day AND occurred_on > $day - 180
    GROUP BY customer_id
),
talked AS (
    SELECT customer_id, count(*) AS outbound_180, count(*) FILTER (WHERE is_answered) AS answered_180
    FROM contacts
    WHERE direction = 'outbound' AND occurred_on <= $day AND occurred_on > $day - 180
    GROUP BY customer_id
),
complained AS (
    SELECT customer_id, count(*) AS unsolved_365
    FROM complaints
    WHERE occurred_on <= $day AND occurred_on > $day - 365 AND outcome <> 'solved' AND CAST(resolved_at AS DATE) <= $day
    GROUP BY customer_id
)
SELECT
    c.customer_id,
    coalesce(b.orders_last_90, 0) AS orders_last_90,
    coalesce(b.orders_previous_90, 0) AS orders_previous_90,
    coalesce(t.outbound_180, 0) AS outbound_180,
    coalesce(t.answered_180, 0) AS answered_180,
    coalesce(p.unsolved_365, 0) AS unsolved_365
FROM customers c
LEFT JOIN bought b ON b.customer_id = c.customer_id
LEFT JOIN talked t ON t.customer_id = c.customer_id
LEFT JOIN complained p ON p.customer_id = c.customer_id
