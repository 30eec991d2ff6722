"""The SQL of `customer_fields`: the fields of customer files turned into rows, for the report on data quality.

Fields that the reader sees masked or not at all have no rows, so nothing can be told of them, neither whether they are
filled nor whether they are right. Customers whose personal data was erased are left out: what is gone was asked for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analytics.facts.contract import CUSTOMERS, PRESENCE
from crm.accounts import access
from crm.records.attributes import Attribute, Type
from customers.completeness import measure

if TYPE_CHECKING:
    from analytics.facts.store import Snapshot
    from crm.accounts.models import User

UNIQUE = ("phone", "email", "tax_number")  # fields whose values belong to one customer
NOT_MISSED = {"lost_reason"}  # has its place only on some customers
FIRST_FORMAT = 6  # of the facts that know of errors
EMPTY = (
    "SELECT CAST(NULL AS BIGINT) AS customer_id, '' AS field, FALSE AS is_filled, '' AS problem, FALSE AS is_shared,"
    " CAST(NULL AS DATE) AS changed_on WHERE FALSE"
)


def fields(user: "User | None" = None) -> list[Attribute]:
    """What is looked at of a customer file, as far as the reader sees it in full."""
    return [
        each
        for each in measure.trackable()
        if each.key not in NOT_MISSED and _has(each) and access.may_read_fully("customer", each.sensitivity, user)
    ]


def sql(snapshot: "Snapshot", user: "User | None", condition: str) -> str:
    """condition: which customers the reader sees, over `customer_id`"""
    files = snapshot.files("customers")
    if not files or snapshot.format < FIRST_FORMAT:
        return EMPTY
    shared = snapshot.files("shared_values")
    return " UNION ALL ".join(_rows(each, files, shared, condition) for each in fields(user)) or EMPTY


def _rows(attribute: Attribute, files: list[str], shared: list[str], condition: str) -> str:
    types = measure.types_of(attribute)
    problem = f"json_extract_string(problems, '$.\"{attribute.key}\"')"
    where = [condition, "NOT is_erased", f"type IN ({', '.join(repr(str(each)) for each in types)})"]
    # keys of attributes and codes of types are ours
    return (
        f"SELECT customer_id, '{attribute.key}' AS field, coalesce({_has(attribute)}, FALSE) AS is_filled,"  # noqa: S608
        f" {problem} AS problem, {_is_shared(attribute, shared, condition)} AS is_shared, changed_on"
        f" FROM read_parquet({files!r}) t WHERE {' AND '.join(f'({each})' for each in where)}"
    )


def _has(attribute: Attribute) -> str:
    """Whether a row has a value, as SQL over `customers`; "" where the facts cannot tell."""
    if attribute.is_custom:
        return f"json_extract_string(custom, '$.\"{attribute.facts_path}\"') IS NOT NULL"
    if attribute.key in PRESENCE:
        return f"has_{attribute.key}"
    if attribute.key == "birth_date":
        return "birth_year IS NOT NULL"
    if attribute.facts not in CUSTOMERS.columns:
        return ""
    is_text = attribute.type in {Type.TEXT, Type.LONG_TEXT, Type.CHOICE}
    return f"{attribute.facts} <> ''" if is_text else f"{attribute.facts} IS NOT NULL"


def _is_shared(attribute: Attribute, files: list[str], condition: str) -> str:
    """Whether a customer whom the reader sees has the same value as another one whom he sees."""
    if attribute.key not in UNIQUE or not files:
        return "FALSE"
    return (
        "customer_id IN (SELECT customer_id FROM ("  # noqa: S608
        "SELECT customer_id, count(*) OVER (PARTITION BY group_id) AS holders"
        f" FROM read_parquet({files!r}) s WHERE field = '{attribute.key}' AND {condition}) WHERE holders > 1)"
    )


def names() -> Iterator[tuple[str, str]]:
    """Key and label of every field, in the order of the file."""
    for each in fields():
        yield each.key, str(each.label)
