"""The columns of the facts: what analysis and reports may count on, also when a table is empty or a column all NULL.

Money is BIGINT cents of the base currency at the rate of the record's day. Moments are wall time in the company's zone
(TIMESTAMP without zone); day, ISO week, month, quarter and weekday stand beside them, so that no query needs a date
function. Ids are those of the database. Personal names are not in the facts: pages fetch them for the rows they show.
"""

from dataclasses import dataclass

# column -> DuckDB type
TIME = {
    "occurred_at": "TIMESTAMP",
    "occurred_on": "DATE",
    "week": "VARCHAR",  # ISO, 2011-W05
    "month": "VARCHAR",  # 2011-02
    "quarter": "VARCHAR",  # 2011-Q1
    "year": "VARCHAR",  # 2011
    "weekday": "TINYINT",  # 1 Monday .. 7 Sunday
    "hour": "TINYINT",
}
SCOPE = {
    "staff_id": "BIGINT",
    "unit_id": "BIGINT",
    "region_id": "BIGINT",
    "channel_id": "BIGINT",
}


@dataclass(frozen=True)
class FactTable:
    """One table: its columns, its key, the kind whose access rule scopes it, and the column it is partitioned by."""

    name: str
    columns: dict[str, str]
    key: str
    kind: str
    partitioned: bool = True  # by `month`; customers are one partition


# Fields of a customer of which the facts only know whether they are filled.
PRESENCE = ("phone", "email", "address", "postcode", "tax_number", "website", "occupation", "became_customer_on")

CUSTOMERS = FactTable(
    "customers",
    {
        "customer_id": "BIGINT",
        "number": "VARCHAR",
        "type": "VARCHAR",
        "sex": "VARCHAR",
        "birth_year": "SMALLINT",
        "district": "VARCHAR",
        "city": "VARCHAR",
        "province": "VARCHAR",
        "country": "VARCHAR",
        "region_id": "BIGINT",
        "relation_class": "VARCHAR",
        "industry_id": "BIGINT",
        "channel_id": "BIGINT",
        "income_band": "VARCHAR",
        "owner_id": "BIGINT",
        "unit_id": "BIGINT",
        "created_on": "DATE",
        "lost_on": "DATE",
        "lost_reason": "VARCHAR",
        "needs": "VARCHAR",
        "preferences": "VARCHAR",
        "background": "VARCHAR",
        "custom": "VARCHAR",  # JSON: the values of custom fields by key
        "consents": "VARCHAR",  # JSON: by purpose what was said last of each channel
        # quality of the file: whether there is a value where the facts have none of it, what is wrong, how fresh it is
        **{f"has_{name}": "BOOLEAN" for name in PRESENCE},
        "problems": "VARCHAR",  # JSON: by field what is wrong with its value
        "is_erased": "BOOLEAN",
        "changed_on": "DATE",
        "source": "VARCHAR",  # hand, import, api, demo
        "batch_id": "BIGINT",
    },
    key="customer_id",
    kind="customer",
    partitioned=False,
)

ORDERS = FactTable(
    "orders",
    {
        "order_id": "BIGINT",
        "number": "VARCHAR",
        "customer_id": "BIGINT",  # NULL: sale without a known customer
        "type": "VARCHAR",  # sale, return, correction
        **TIME,
        **SCOPE,
        "country": "VARCHAR",
        "is_purchase": "BOOLEAN",  # has at least one line that counts gross
        "gross_amount": "BIGINT",
        "net_amount": "BIGINT",
        "promised_on": "DATE",
        "delivered_on": "DATE",
        "days_late": "INTEGER",  # from promise to delivery, below zero when early; NULL while one of them is missing
        "carrier": "VARCHAR",
        "invoiced_on": "DATE",
        "due_on": "DATE",
        "paid_on": "DATE",
        "settlement_days": "INTEGER",  # from invoice, without one from order, to payment
        "hours_to_confirm": "DOUBLE",  # from draft to order; NULL where it never was a draft
    },
    key="order_id",
    kind="order",
)

ORDER_LINES = FactTable(
    "order_lines",
    {
        "line_id": "BIGINT",
        "order_id": "BIGINT",
        "customer_id": "BIGINT",
        **TIME,  # of the order
        **SCOPE,
        "country": "VARCHAR",
        "kind": "VARCHAR",  # OrderLine.Kind
        "is_gross": "BOOLEAN",
        "product_id": "BIGINT",
        "category_id": "BIGINT",
        "is_product": "BOOLEAN",  # False for fees and lines without a product: never in product rankings
        "novelty": "VARCHAR",  # new or established, as the product was on the day of the order; NULL without a product
        "quantity": "DOUBLE",
        "amount": "BIGINT",
        "list_amount": "BIGINT",  # at list price, before any discount
        "cost": "BIGINT",
    },
    key="line_id",
    kind="order",
)

CONTACTS = FactTable(
    "contacts",
    {
        "contact_id": "BIGINT",
        "customer_id": "BIGINT",
        **TIME,
        **SCOPE,
        "direction": "VARCHAR",
        "is_answered": "BOOLEAN",
        "product_id": "BIGINT",
        "category_id": "BIGINT",
        "concern": "VARCHAR",
        "competitor": "VARCHAR",
        "minutes_spent": "INTEGER",  # NULL where nobody noted them
    },
    key="contact_id",
    kind="contact",
)

CASE_COLUMNS = {
    "case_id": "BIGINT",
    "customer_id": "BIGINT",
    **TIME,
    **SCOPE,
    "receiving_unit_id": "BIGINT",
    "status": "VARCHAR",
    "outcome": "VARCHAR",
    "product_id": "BIGINT",
    "category_id": "BIGINT",
    "received_at": "TIMESTAMP",
    "due_at": "TIMESTAMP",
    "resolved_at": "TIMESTAMP",
    "hours_to_resolve": "DOUBLE",
    "is_solved_in_time": "BOOLEAN",  # NULL while open and not yet due
    "minutes_spent": "INTEGER",  # NULL where nobody noted them
}

COMPLAINTS = FactTable(
    "complaints",
    {
        **CASE_COLUMNS,
        "opinion_type_id": "BIGINT",
        "severity": "VARCHAR",
        "failure_cause_id": "BIGINT",
        "competitor": "VARCHAR",
    },
    key="case_id",
    kind="complaint",
)

ENQUIRIES = FactTable("enquiries", {**CASE_COLUMNS, "topic": "VARCHAR"}, key="case_id", kind="enquiry")

AFTER_SALES = FactTable(
    "after_sales",
    {
        "after_sales_id": "BIGINT",
        "customer_id": "BIGINT",
        **TIME,
        **SCOPE,
        "type": "VARCHAR",  # repair, return, visit, support
        "status": "VARCHAR",
        "order_id": "BIGINT",
        "product_id": "BIGINT",
        "category_id": "BIGINT",
        "cost": "BIGINT",
        "done_on": "DATE",
    },
    key="after_sales_id",
    kind="after_sales",
)

COST_ENTRIES = FactTable(
    "cost_entries",
    {
        "entry_id": "BIGINT",
        "customer_id": "BIGINT",  # of an entry for one customer
        **TIME,
        "staff_id": "BIGINT",
        "unit_id": "BIGINT",
        "purpose": "VARCHAR",  # acquisition, care, campaign
        "target": "VARCHAR",  # customer, segment, all
        "segment_id": "BIGINT",
        "amount": "BIGINT",
    },
    key="entry_id",
    kind="cost_entry",
)

TABLES: dict[str, FactTable] = {
    table.name: table
    for table in (CUSTOMERS, ORDERS, ORDER_LINES, CONTACTS, COMPLAINTS, ENQUIRIES, AFTER_SALES, COST_ENTRIES)
}

# Small tables of names and trees, one row per id, taken with every snapshot: not scoped, not partitioned.
DIMENSIONS: dict[str, dict[str, str]] = {
    "products": {
        "product_id": "BIGINT",
        "code": "VARCHAR",
        "name": "VARCHAR",
        "name_zh_hans": "VARCHAR",
        "name_zh_hant": "VARCHAR",
        "category_id": "BIGINT",
        "is_fee": "BOOLEAN",
        "launched_on": "DATE",
    },
    **{
        name: {
            key: "BIGINT",
            "code": "VARCHAR",
            "name": "VARCHAR",
            "name_zh_hans": "VARCHAR",
            "name_zh_hant": "VARCHAR",
            "path": "VARCHAR",  # materialised tree path; empty where there is no tree
        }
        for name, key in {
            "categories": "category_id",
            "regions": "region_id",
            "units": "unit_id",
            "channels": "channel_id",
            "industries": "industry_id",
            "opinion_types": "opinion_type_id",
            "failure_causes": "failure_cause_id",
            "batches": "batch_id",
        }.items()
    },
    "staff": {
        "staff_id": "BIGINT",
        "code": "VARCHAR",
        "name": "VARCHAR",
        "unit_id": "BIGINT",
        "region_id": "BIGINT",
    },
}

# Sums made beside the facts, because a free cross table over 20 M lines takes seconds and over these a moment. Orders
# and customers are not in it: they are distinct counts and cannot be added up, ask `orders` or `order_lines` for them.
DAILY_SALES = FactTable(
    "daily_sales",
    {
        **{name: kind for name, kind in TIME.items() if name not in {"occurred_at", "hour"}},
        **SCOPE,
        "country": "VARCHAR",
        "product_id": "BIGINT",
        "category_id": "BIGINT",
        "is_product": "BOOLEAN",
        "is_known_customer": "BOOLEAN",
        "quantity": "DOUBLE",  # net of returns
        "gross_quantity": "DOUBLE",
        "gross_amount": "BIGINT",
        "net_amount": "BIGINT",
        "cost": "BIGINT",
        "lines": "BIGINT",
    },
    key="",
    kind="order",
)

# One row for each customer and each field that this type of customer has, made from `customers` when it is asked for:
# of fields that the reader sees masked there are no rows.
CUSTOMER_FIELDS = FactTable(
    "customer_fields",
    {
        "customer_id": "BIGINT",
        "field": "VARCHAR",  # key of the attribute
        "is_filled": "BOOLEAN",
        "problem": "VARCHAR",  # what is wrong with the value; NULL where nothing is
        "is_shared": "BOOLEAN",  # another customer that the reader sees has the same value
        "changed_on": "DATE",  # last change of the file
    },
    key="customer_id",
    kind="customer",
    partitioned=False,
)

# Values that more than one customer has, one row for each of them: the group is the id of one of its customers. Taken
# whole with every snapshot, and read through `customer_fields` only.
SHARED_VALUES: dict[str, str] = {"customer_id": "BIGINT", "field": "VARCHAR", "group_id": "BIGINT"}

MEMBERS: dict[str, str] = {"segment_id": "BIGINT", "customer_id": "BIGINT"}

# What each customer bears of each cost entry, made with every run; see `analytics.facts.cost_shares`.
COST_SHARES: dict[str, str] = {
    "entry_id": "BIGINT",
    "customer_id": "BIGINT",
    **TIME,  # of the entry
    "purpose": "VARCHAR",
    "amount": "BIGINT",
}

# Every movement of money that is laid to a customer's account, and the time spent on it: a view over the tables above,
# see `analytics.facts.ledger`. Rows without a known customer are not in it.
LEDGER: dict[str, str] = {
    "customer_id": "BIGINT",
    **TIME,
    "part": "VARCHAR",  # order, contact, complaint, enquiry, after_sales, cost_entry
    "record_id": "BIGINT",  # of that kind
    "revenue": "BIGINT",  # at list price, returns taken off
    "discounts": "BIGINT",  # revenue less what was charged
    "net_amount": "BIGINT",
    "purchases": "BIGINT",  # gross amount
    "returned": "BIGINT",  # gross less net
    "cost_of_goods": "BIGINT",  # NULL for who may not see costs
    "is_cost_unknown": "BOOLEAN",  # a product was sold whose cost nobody noted
    "minutes": "BIGINT",
    "is_timed": "BOOLEAN",  # somebody noted the minutes; else they are those of the settings
    "service_cost": "BIGINT",
    "after_sales_cost": "BIGINT",
    "marketing_cost": "BIGINT",
    "profit": "BIGINT",  # NULL for who may not see all of it
}


def figures_columns() -> dict[str, str]:
    """The columns of `figures`: those of CustomerFigures, with their DuckDB types."""
    from analytics.models import CustomerFigures

    kinds = {
        "IntegerField": "INTEGER",
        "SmallIntegerField": "SMALLINT",
        "BigIntegerField": "BIGINT",
        "FloatField": "DOUBLE",
        "BooleanField": "BOOLEAN",
        "DateField": "DATE",
        "CharField": "VARCHAR",
    }
    own = [field for field in CustomerFigures._meta.fields if field.name not in {"id", "run", "customer"}]
    return {"customer_id": "BIGINT"} | {field.name: kinds[field.get_internal_type()] for field in own}
