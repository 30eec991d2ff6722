"""Where the values of custom fields lie: one JSON object per record, read in SQL with the type of the field.

    {"decor_style": "modern", "visits": 12, "since": "2026-05-01", "rooms": ["bath", "kitchen"], "is_listed": true}

A lookup names the key and then the type: `custom__visits__as_number__gte=5`, `order_by("custom__since__as_date")`. It
is the same on SQLite and PostgreSQL. A field without a value has no key, so `isnull` tells what is empty.
"""

import re
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class CustomValues(models.JSONField):
    """The values of a record's custom fields by key."""

    def get_transform(self, name: str) -> Any:
        return TYPED.get(name) or super().get_transform(name)


class Typed(models.Transform):
    """The value under one key, with a type that the database compares and sorts by."""

    sqlite = "{}"
    postgresql = "({})"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        column, params, key = self._place(compiler, connection)
        return self.sqlite.format(f"JSON_EXTRACT({column}, '$.{key}')"), params

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        column, params, key = self._place(compiler, connection)
        return self.postgresql.format(f"({column} ->> '{key}')"), params

    def _place(self, compiler: Any, connection: Any) -> tuple[str, Any, str]:
        key = self.lhs
        if not isinstance(key, KeyTransform) or not KEY.fullmatch(str(key.key_name)):
            raise ValueError("A type stands behind the key of a custom field.")
        column, params, _keys = key.preprocess_lhs(compiler, connection)
        return column, params, key.key_name


class AsText(Typed):
    """Texts, codes of choices; several choices are the text of their list."""

    output_field = models.TextField()


class AsNumber(Typed):
    sqlite = "CAST({} AS REAL)"
    postgresql = "({}::double precision)"
    output_field = models.FloatField()


class AsDate(Typed):
    postgresql = "({}::date)"
    output_field = models.DateField()


class AsBoolean(Typed):
    postgresql = "({}::boolean)"
    output_field = models.BooleanField()


class AsId(Typed):
    postgresql = "({}::bigint)"
    output_field = models.BigIntegerField()


TYPED: dict[str, type[Typed]] = {
    "as_text": AsText,
    "as_number": AsNumber,
    "as_date": AsDate,
    "as_boolean": AsBoolean,
    "as_id": AsId,
}
