SELECT
    occurred_on, week, month, quarter, year, weekday,
    staff_id, unit_id, region_id, channel_id, country, product_id, category_id, is_product,
    customer_id IS NOT NULL AS is_known_customer,
    sum(quantity) AS quantity,
    coalesce(sum(quantity) FILTER (WHERE is_gross), 0) AS gross_quantity,
    coalesce(sum(amount) FILTER (WHERE is_gross), 0) AS gross_amount,
    sum(amount) AS net_amount,
    sum(cost) AS cost,
    count(*) AS lines
FROM {lines}
GROUP BY ALL
