SELECT
    t.*,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(t.occurred_at) AS hour,
    p.category_id,
    c.month AS part
FROM staged_{table} t
JOIN calendar c ON c.day = t.occurred_on
LEFT JOIN products p ON p.product_id = t.product_id
