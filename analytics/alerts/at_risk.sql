-- Customers at risk of leaving, with what the reasons are made of. $as_of: last day that counts.
WITH naming_competitors AS (
    SELECT customer_id FROM contacts
    WHERE competitor <> '' AND occurred_on <= $as_of AND occurred_on > $as_of - INTERVAL 180 DAY
    UNION
    SELECT customer_id FROM complaints
    WHERE competitor <> '' AND occurred_on <= $as_of AND occurred_on > $as_of - INTERVAL 180 DAY
)
SELECT
    f.customer_id,
    f.churn_risk,
    f.last_on,
    f.recency_days AS silence_days,
    f.cycle_days,
    CASE WHEN f.cycle_is_assumed THEN 'assumed' ELSE 'own' END AS cycle_source,
    f.silence_ratio,
    f.amount_last_180_days AS amount_last_180,
    f.amount_previous_180_days AS amount_previous_180,
    f.open_complaints > 0 AS has_open_complaint,
    n.customer_id IS NOT NULL AS has_named_competitor
FROM figures AS f
LEFT JOIN naming_competitors AS n ON n.customer_id = f.customer_id
WHERE f.churn_risk IN ('medium', 'high')
ORDER BY f.customer_id
