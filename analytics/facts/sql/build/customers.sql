SELECT
    t.*,
    year(t.birth_date) AS birth_year,
    CAST(t.created_at AS DATE) AS created_on,
    CAST(t.modified_at AS DATE) AS changed_on,
    lpad(CAST(t.customer_id // {bucket} AS VARCHAR), 6, '0') AS part
FROM staged_customers t
