"""The ledger: what each record adds to a customer's account or takes from it, as one view over the facts.

Hourly rate and usual minutes are those of the run (`Snapshot.terms`), so that figures and reports of one run never
differ. Whoever may not see one of its parts sees no profit either: it would tell the part.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.facts.contract import LEDGER, TIME

if TYPE_CHECKING:
    from analytics.analysis.profitability import CostTerms

NAME = "ledger"
TABLES = ("order_lines", "contacts", "complaints", "enquiries", "after_sales", "cost_shares")
KINDS = ("order", "contact", "complaint", "enquiry", "after_sales", "cost_entry")
SQL = (Path(__file__).parent / "sql" / "views" / "ledger.sql").read_text()
PROFIT = "net_amount - coalesce(cost_of_goods, 0) - service_cost - after_sales_cost - marketing_cost"
SETTINGS = "profitability"  # key of AnalysisSettings.values


def terms_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of the company as a run keeps them."""
    from analytics.analysis.profitability import CostTerms

    return asdict(CostTerms(**settings.get(SETTINGS, {})))


def ledger_sql(
    terms: "CostTerms", *, sees_costs: bool = True, sees_marketing: bool = True, sees_everything: bool = True
) -> str:
    """The view; its columns are those of `contract.LEDGER`.

    sees_costs: of goods; sees_marketing: cost entries; sees_everything: every part, so that the profit may be told
    """
    nothing = "CAST(NULL AS BIGINT)"
    text = SQL.format(
        time=", ".join(TIME),
        hourly=int(terms.hourly_cents),
        contact_minutes=int(terms.contact_minutes),
        complaint_minutes=int(terms.complaint_minutes),
        enquiry_minutes=int(terms.enquiry_minutes),
        cost_of_goods="cost_of_goods" if sees_costs else nothing,
        marketing_cost="marketing_cost" if sees_marketing else nothing,
        profit=PROFIT if sees_costs and sees_marketing and sees_everything else nothing,
    )
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in LEDGER.items())
    return f"SELECT {casts} FROM ({text})"
