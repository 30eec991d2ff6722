-- Money and time of each record that a customer's profit is made of; definition in small:
-- analytics.analysis.profitability. {hourly} is in cents, the default minutes are those of records nobody timed.
WITH served AS (
    SELECT 'contact' AS part, contact_id AS record_id, customer_id, {time}, minutes_spent,
        {contact_minutes} AS usual_minutes
    FROM contacts
    UNION ALL
    SELECT 'complaint', case_id, customer_id, {time}, minutes_spent, {complaint_minutes} FROM complaints
    UNION ALL
    SELECT 'enquiry', case_id, customer_id, {time}, minutes_spent, {enquiry_minutes} FROM enquiries
),
entries AS (
    SELECT
        'order' AS part, order_id AS record_id, customer_id, {time},
        coalesce(list_amount, amount) AS revenue,
        amount AS net_amount,
        CASE WHEN is_gross THEN amount ELSE 0 END AS purchases,
        cost AS cost_of_goods,
        is_product AND cost IS NULL AND quantity <> 0 AS is_cost_unknown,
        0 AS minutes, FALSE AS is_timed, 0 AS after_sales_cost, 0 AS marketing_cost
    FROM order_lines
    UNION ALL
    SELECT
        part, record_id, customer_id, {time}, 0, 0, 0, 0, FALSE,
        coalesce(minutes_spent, usual_minutes), minutes_spent IS NOT NULL, 0, 0
    FROM served
    UNION ALL
    SELECT 'after_sales', after_sales_id, customer_id, {time}, 0, 0, 0, 0, FALSE, 0, FALSE, coalesce(cost, 0), 0
    FROM after_sales
    UNION ALL
    SELECT 'cost_entry', entry_id, customer_id, {time}, 0, 0, 0, 0, FALSE, 0, FALSE, 0, amount
    FROM cost_shares
),
priced AS (
    SELECT
        *,
        revenue - net_amount AS discounts,
        purchases - net_amount AS returned,
        (2 * minutes * {hourly} + 60) // 120 AS service_cost
    FROM entries
    WHERE customer_id IS NOT NULL
)
SELECT
    customer_id, {time}, part, record_id,
    revenue, discounts, net_amount, purchases, returned,
    {cost_of_goods} AS cost_of_goods,
    is_cost_unknown, minutes, is_timed, service_cost, after_sales_cost, {marketing_cost} AS marketing_cost,
    {profit} AS profit
FROM priced
