"""Pure analysis: frame in, frame out.

Nothing here reads the clock, the settings or the database. `as_of` is always an argument, money is whole
cents, days are calendar days of the company without a time zone. Most modules are a pair: `fit(frame, ...)`
condenses the whole company into a small dataclass of parameters, `apply(frame, parameters, ...)` gives each
customer a row from its own row alone.

The frame they share is the *customer statistics frame*, one row per customer (see
`statistics.customer_statistics`):

    customer_id           any sortable key
    orders                number of purchases (rows with a positive gross amount)
    first_on, last_on     day of first and last purchase, NaT when there is none
    amount                net cents, returns taken off
    gross_amount          cents before returns
    median_interval_days  median days between consecutive purchase days, NaN when there are not two

Codes in results are plain strings, the same in every language; a missing code means "nothing can be said".
"""
