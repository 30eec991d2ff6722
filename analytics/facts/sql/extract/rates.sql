-- What one unit of a currency is worth in the base currency from a day on, in hundred-millionths.
SELECT
    t.currency AS currency,
    t.valid_from AS valid_from,
    CAST(ROUND(t.rate * 100000000) AS BIGINT) AS rate
FROM accounts_exchangerate t
