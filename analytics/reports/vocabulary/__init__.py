"""The closed vocabulary of reports: what may be counted, and by what it may be split.

Whatever a reader chooses is a key that is looked up here; SQL text comes from these files alone and values are bound.
The expressions keep to what DuckDB and Spark read alike. In them `f` is the fact table a report is built on, `c` the
customer and `g` the customer's figures; `:as_of` stands for the day of the report.
"""

from analytics.reports.vocabulary import (
    after_sales,
    cases,
    contacts,
    customer_fields,
    figures,
    ledger,
    members,
    order_lines,
    orders,
)
from analytics.reports.vocabulary.dimensions import (
    CHURN_RISKS,
    LIFECYCLE_STAGES,
    LOYALTY_BANDS,
    RFM_SEGMENTS,
    VALUE_CLASSES,
    VALUE_TIERS,
)
from analytics.reports.vocabulary.terms import (
    BASES,
    MONEY,
    RATE,
    Base,
    Basis,
    Dimension,
    Measure,
    Pairs,
    Text,
    Type,
    Unit,
    codes,
    country_name,
    label_of,
    vocabulary,
)

__all__ = [
    "BASES",
    "CHURN_RISKS",
    "LIFECYCLE_STAGES",
    "LOYALTY_BANDS",
    "MONEY",
    "RATE",
    "RFM_SEGMENTS",
    "VALUE_CLASSES",
    "VALUE_TIERS",
    "Base",
    "Basis",
    "Dimension",
    "Measure",
    "Pairs",
    "Text",
    "Type",
    "Unit",
    "after_sales",
    "cases",
    "codes",
    "contacts",
    "country_name",
    "customer_fields",
    "figures",
    "label_of",
    "ledger",
    "members",
    "order_lines",
    "orders",
    "vocabulary",
]
