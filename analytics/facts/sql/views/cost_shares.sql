-- What each customer bears of each cost entry: equal parts, to the cent, so that they add up to the entry. The k-th part
-- is what the first k customers bear together less what the first k - 1 bear, in the order of their ids; definition in
-- small: analytics.analysis.profitability.allotted.
--
-- For all customers means those who had bought by the day of the entry; of winning customers those who first bought in
-- its month. For a segment means who was in it on that day, and where it is younger, its first members.
WITH firsts AS (
    SELECT customer_id, min(occurred_on) AS first_on, strftime(min(occurred_on), '%Y-%m') AS first_month
    FROM orders
    WHERE is_purchase AND customer_id IS NOT NULL
    GROUP BY customer_id
),
began AS (
    SELECT segment_id, min(entered_on) AS on_day FROM stays GROUP BY segment_id
),
targets AS (
    SELECT entry_id, customer_id FROM cost_entries WHERE target = 'customer'
    UNION ALL
    SELECT e.entry_id, f.customer_id
    FROM cost_entries e
    JOIN firsts f ON f.first_month = e.month
    WHERE e.target = 'all' AND e.purpose = 'acquisition'
    UNION ALL
    SELECT e.entry_id, f.customer_id
    FROM cost_entries e
    JOIN firsts f ON f.first_on <= e.occurred_on
    WHERE e.target = 'all' AND e.purpose <> 'acquisition'
    UNION ALL
    SELECT DISTINCT e.entry_id, s.customer_id
    FROM cost_entries e
    JOIN began b ON b.segment_id = e.segment_id
    JOIN stays s ON s.segment_id = e.segment_id
        AND s.entered_on <= greatest(e.occurred_on, b.on_day)
        AND (s.left_on IS NULL OR s.left_on > greatest(e.occurred_on, b.on_day))
    WHERE e.target = 'segment'
),
placed AS (
    SELECT
        entry_id,
        customer_id,
        row_number() OVER (PARTITION BY entry_id ORDER BY customer_id) AS place,
        count(*) OVER (PARTITION BY entry_id) AS customers
    FROM targets
)
SELECT
    e.entry_id, p.customer_id, {time}, e.purpose,
    CAST(CAST(e.amount AS HUGEINT) * p.place // p.customers
        - CAST(e.amount AS HUGEINT) * (p.place - 1) // p.customers AS BIGINT) AS amount
FROM cost_entries e
JOIN placed p ON p.entry_id = e.entry_id
