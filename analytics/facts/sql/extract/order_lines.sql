-- Lines as they are; those of orders that do not count fall away when they are joined to the orders.
-- Amounts are ten-thousandths, costs and amounts at list price 1e-7 of the order's currency: whole numbers, so that
-- nothing is lost on the way. A line without a list price was sold at its own.
SELECT
    l.id AS line_id,
    l.order_id AS order_id,
    l.kind AS kind,
    l.product_id AS product_id,
    CAST(l.quantity AS DOUBLE PRECISION) AS quantity,
    CAST(ROUND(l.amount * 10000) AS BIGINT) AS amount,
    CAST(ROUND(COALESCE(l.list_price, l.unit_price) * 10000) AS BIGINT)
        * CAST(ROUND(l.quantity * 1000) AS BIGINT) AS list_amount,
    CAST(ROUND(l.unit_cost * 10000) AS BIGINT) * CAST(ROUND(l.quantity * 1000) AS BIGINT) AS cost,
    l.id * 31 + CAST(ROUND(l.amount * 10000) AS BIGINT) + CAST(ROUND(l.quantity * 1000) AS BIGINT) * 7
        + COALESCE(l.product_id, 0) * 3 + CASE WHEN l.kind IN ('sale', 'fee') THEN 1 ELSE 0 END AS check_sum
FROM interactions_orderline l
