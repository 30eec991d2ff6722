SELECT
    t.id AS batch_id,
    CAST(t.id AS TEXT) AS code,
    CASE WHEN t.file_name = '' THEN t.source ELSE t.file_name END AS name,
    '' AS name_zh_hans,
    '' AS name_zh_hant,
    '' AS path
FROM records_batch t
