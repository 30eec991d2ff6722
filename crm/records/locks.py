"""Taking turns where no row is there to be locked yet."""

import zlib

from django.db import connection


def hold(name: str) -> None:
    """Inside a transaction: whoever holds the same name now is waited for, whoever asks later waits for its end.

    SQLite's transactions follow one another anyway (`transaction_mode` is IMMEDIATE).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A name is held until the end of a transaction, and there is none.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
