-- All of them, also those in the recycle bin: their lines still need a name.
SELECT
    t.id AS product_id,
    t.number AS code,
    t.name AS name,
    t.name_zh_hans AS name_zh_hans,
    t.name_zh_hant AS name_zh_hant,
    t.category_id AS category_id,
    CASE WHEN t.is_fee THEN 1 ELSE 0 END AS is_fee,
    t.launched_on AS launched_on
FROM interactions_product t
