"""Fields that an administrator adds to a kind of record in the browser."""
