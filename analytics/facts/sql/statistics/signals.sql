-- One row per customer: what is recorded of it, and what contacts, cases and invoices up to $day tell.
WITH talked AS (
    SELECT
        customer_id,
        count(*) FILTER (WHERE occurred_on > $day - 90) AS contacts_90_days,
        count(*) FILTER (WHERE occurred_on > $day - 180) AS contacts_180_days,
        max(occurred_on) AS last_contact_on,
        bool_or(competitor <> '' AND occurred_on > $day - 180) AS named_competitor
    FROM contacts
    WHERE occurred_on <= $day
    GROUP BY customer_id
),
concerns AS (
    SELECT customer_id, concern, count(*) AS times, max(occurred_at) AS last_at
    FROM contacts
    WHERE occurred_on <= $day AND occurred_on > $day - 365 AND concern <> ''
    GROUP BY customer_id, concern
),
concerned AS (
    -- of equally frequent concerns the one named last
    SELECT
        customer_id,
        first(concern ORDER BY times DESC, last_at DESC, concern) AS main_concern,
        max(times) / sum(times) AS main_concern_share
    FROM concerns
    GROUP BY customer_id
),
complained AS (
    SELECT
        customer_id,
        count(*) FILTER (
            WHERE (status <> 'closed' AND resolved_at IS NULL) OR CAST(resolved_at AS DATE) > $day
        ) AS open_complaints,
        count(*) FILTER (WHERE occurred_on > $day - 90) AS complaints_90_days,
        bool_or(competitor <> '' AND occurred_on > $day - 180) AS named_competitor
    FROM complaints
    WHERE occurred_on <= $day
    GROUP BY customer_id
),
cases AS (
    SELECT customer_id, outcome, due_at, resolved_at FROM complaints
    WHERE occurred_on <= $day AND occurred_on > $day - 365
    UNION ALL
    SELECT customer_id, outcome, due_at, resolved_at FROM enquiries
    WHERE occurred_on <= $day AND occurred_on > $day - 365
),
served AS (
    SELECT
        customer_id,
        count(*) AS cases_due,
        count(*) FILTER (
            WHERE outcome = 'solved' AND CAST(resolved_at AS DATE) <= $day
                AND (due_at IS NULL OR resolved_at <= due_at)
        ) AS cases_solved_in_time
    FROM cases
    WHERE CAST(resolved_at AS DATE) <= $day OR CAST(due_at AS DATE) <= $day
    GROUP BY customer_id
),
invoiced AS (
    SELECT
        customer_id,
        count(*) AS invoices,
        count(*) FILTER (WHERE paid_on <= due_on AND paid_on <= $day) AS invoices_on_time
    FROM orders
    WHERE type = 'sale' AND invoiced_on <= $day AND invoiced_on > $day - 365
        AND (paid_on <= $day OR due_on < $day) AND due_on IS NOT NULL AND customer_id IS NOT NULL
    GROUP BY customer_id
)
SELECT
    c.customer_id,
    c.relation_class,
    CASE WHEN c.lost_on <= $day THEN c.lost_on END AS lost_by_user_on,
    coalesce(t.contacts_90_days, 0) AS contacts_90_days,
    coalesce(t.contacts_180_days, 0) AS contacts_180_days,
    t.last_contact_on,
    n.main_concern,
    n.main_concern_share,
    coalesce(p.open_complaints, 0) AS open_complaints,
    coalesce(p.complaints_90_days, 0) AS complaints_90_days,
    coalesce(t.named_competitor, FALSE) OR coalesce(p.named_competitor, FALSE) AS has_named_competitor,
    s.cases_due,
    s.cases_solved_in_time,
    i.invoices,
    i.invoices_on_time
FROM customers c
LEFT JOIN talked t ON t.customer_id = c.customer_id
LEFT JOIN concerned n ON n.customer_id = c.customer_id
LEFT JOIN complained p ON p.customer_id = c.customer_id
LEFT JOIN served s ON s.customer_id = c.customer_id
LEFT JOIN invoiced i ON i.customer_id = c.customer_id
