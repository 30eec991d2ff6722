"""Writing many rows at once, past forms and history: imports, the demo company, results of analysis.

Rows come as columns. SQLite takes them by `executemany` of chunks, PostgreSQL by COPY; both in chunks of one short
transaction each, so that others can write in between.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    import numpy as np

CHUNK = 20_000
PLAIN = (str, int, type(None))  # every database takes them as they are, decimals as exact text too


def append(
    model: type[models.Model],
    columns: Mapping[str, Any],
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Add rows to a model's table; how many.

    columns: field attname -> numpy array, sequence, or one value for all rows. datetime64 arrays are UTC moments or
    days by the field's type. Fields not named take their default, or NULL. At least one column must be a sequence.
    """
    sized = [value for value in columns.values() if _is_column(value)]
    if not sized:
        raise ValueError("bulk.append needs at least one column with a length")
    count = len(sized[0])
    if any(len(value) != count for value in sized):
        raise ValueError("bulk.append needs columns of one length")
    fields = {field.attname: field for field in model._meta.concrete_fields}
    unknown = set(columns) - set(fields)
    if unknown:
        raise ValueError(f"{model.__name__} has no fields {', '.join(sorted(unknown))}")
    filled = dict(columns)
    for attname, field in fields.items():
        if attname in filled or field.primary_key:
            continue
        filled[attname] = field.get_default()
    names = [fields[attname].column for attname in filled]
    for start in range(0, count, chunk):
        stop = min(start + chunk, count)
        rows = zip(*(_values(fields[attname], value, start, stop) for attname, value in filled.items()), strict=True)
        with transaction.atomic():
            _write(model._meta.db_table, names, rows)
        if progress:
            progress(stop)
    return count


def update(objects: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write the named fields of many objects of one model, one prepared statement for all; how many.

    `bulk_update` builds a CASE over all rows of a batch and takes minutes where this takes seconds.
    """
    if not objects:
        return 0
    meta = objects[0]._meta
    chosen = [meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(field.column)} = %s" for field in chosen)
    rows = [
        [*(field.get_db_prep_save(getattr(each, field.attname), connection) for field in chosen), each.pk]
        for each in objects
    ]
    # table and column names come from the model, values are parameters
    sql = f"UPDATE {quote(meta.db_table)} SET {settings} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(rows), CHUNK):
            cursor.executemany(sql, rows[start : start + CHUNK])
    return len(rows)


def append_history(model: Any, records: Sequence[Any], *, what: str, user: Any) -> None:
    """Add a row of history for each record as it is now: "+" for new ones, "~" for changed ones.

    What hangs on a record by a relation of many to many is not kept.
    """
    history = model.history.model
    columns: dict[str, Any] = {
        field.attname: [getattr(record, field.attname) for record in records] for field in history.tracked_fields
    }
    own = {"history_date": timezone.now(), "history_type": what, "history_user_id": user.pk if user else None}
    append(history, columns | own | {"history_change_reason": ""})


def next_id(model: type[models.Model]) -> int:
    """The first id that is free, for rows whose children are written in the same go."""
    return (model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1


def reset_sequences(*written: type[models.Model]) -> None:
    """After rows with ids of their own: PostgreSQL goes on counting behind them."""
    for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def refresh_statistics(*written: type[models.Model]) -> None:
    """Tell the database how its tables look after many new rows: it plans by that, and SQLite never looks by itself."""
    with connection.cursor() as cursor:
        for model in written:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _is_column(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | dict)


def _values(field: models.Field, value: Any, start: int, stop: int) -> Sequence[Any]:
    if not _is_column(value):
        return [field.get_db_prep_save(value, connection)] * (stop - start)
    part = value[start:stop]
    if not hasattr(part, "dtype"):
        prepare, database = field.get_db_prep_save, connections[connection.alias]
        plain = () if isinstance(field, models.JSONField) else PLAIN
        return [each if type(each) in plain else prepare(each, database) for each in part]
    if part.dtype.kind == "M":
        return _moments(field, part)
    return part.tolist()


def _moments(field: models.Field, part: "np.ndarray") -> list[str | None]:
    import numpy as np

    unit = "D" if not isinstance(field, models.DateTimeField) else "s"
    suffix = "+00:00" if unit == "s" and connection.vendor == "postgresql" else ""
    texts = np.datetime_as_string(part.astype(f"datetime64[{unit}]")).tolist()
    return [None if text == "NaT" else text.replace("T", " ") + suffix for text in texts]


def _write(table: str, names: list[str], rows: Any) -> None:
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    into = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {into} ({quoted}) FROM STDIN") as copy:
                copy.write(_copy_text(rows))
            return
        marks = ", ".join(["%s"] * len(names))
        # table and column names come from the model, values are parameters
        cursor.executemany(f"INSERT INTO {into} ({quoted}) VALUES ({marks})", rows)  # noqa: S608


def _copy_text(rows: Any) -> str:
    text = io.StringIO()
    for row in rows:
        text.write("\t".join([_copy_value(value) for value in row]))
        text.write("\n")
    return text.getvalue()


def _copy_value(value: Any) -> str:
    if value is None or value != value:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, int):
        return str(int(value))  # the driver's Int4 and its like say more than the number
    if isinstance(value, float):
        return repr(float(value))
    text = str(getattr(value, "obj", value)) if not hasattr(value, "dumps") else _json(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _json(value: Any) -> str:
    return value.dumps(value.obj) if callable(value.dumps) else str(value.obj)
