-- An order's money is the sum of its lines in cents, so that both tables always agree.
SELECT
    l.order_id,
    bool_or(l.kind IN ('sale', 'fee')) AS is_purchase,
    sum({cents}) FILTER (WHERE l.kind IN ('sale', 'fee')) AS gross_amount,
    sum({cents}) AS net_amount,
    count(*) AS lines,
    sum(l.check_sum) AS check_sum
FROM staged_order_lines l
{with_rate}
GROUP BY l.order_id
