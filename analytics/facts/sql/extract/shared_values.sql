-- Customers whose phone, e-mail or tax number another customer has too, as `customers.duplicates` normalises them.
SELECT
    k.customer_id AS customer_id,
    CASE SUBSTR(k.value, 1, 1) WHEN 'p' THEN 'phone' WHEN 'e' THEN 'email' ELSE 'tax_number' END AS field,
    shared.group_id AS group_id
FROM (
    SELECT value, MIN(customer_id) AS group_id
    FROM customers_duplicatekey
    WHERE SUBSTR(value, 1, 2) IN ('p:', 'e:', 't:')
    GROUP BY value
    HAVING COUNT(*) > 1
) shared
JOIN customers_duplicatekey k ON k.value = shared.value
