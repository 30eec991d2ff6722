SELECT
    t.*,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(t.occurred_at) AS hour,
    c.month AS part
FROM staged_cost_entries t
JOIN calendar c ON c.day = t.occurred_on
