-- Solved in time: solved by the deadline, or solved without one. NULL while open and not yet due.
SELECT
    t.*,
    c.week, c.month, c.quarter, c.year, c.weekday,
    hour(t.occurred_at) AS hour,
    p.category_id,
    CASE
        WHEN t.resolved_at IS NOT NULL OR t.status = 'closed'
            THEN t.outcome = 'solved' AND t.resolved_at IS NOT NULL
                AND (t.due_at IS NULL OR t.utc_resolved_at <= t.utc_due_at)
        WHEN t.utc_due_at <= TIMESTAMP '{now}' THEN FALSE
    END AS is_solved_in_time,
    date_diff('second', t.utc_received_at, t.utc_resolved_at) / 3600.0 AS hours_to_resolve,
    c.month AS part
FROM staged_{table} t
JOIN calendar c ON c.day = t.occurred_on
LEFT JOIN products p ON p.product_id = t.product_id
