"""How customers moved between classes from one day to another, both computed from the published facts."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.attributes import FIGURES
from analytics.models import Run
from crm.accounts.models import User

if TYPE_CHECKING:
    import pandas as pd

CLASSES = ("value_tier", "rfm_segment", "lifecycle_stage", "abc_class", "churn_risk", "loyalty_band")
ATTRIBUTES = {each.key: each for each in FIGURES if each.key in CLASSES}


@dataclass(frozen=True)
class Cell:
    customers: int
    has_moved: bool


@dataclass(frozen=True)
class Migration:
    """`cells[before][after]`; codes in the order of their class, "" for none."""

    codes: list[str]
    labels: dict[str, str]
    cells: dict[str, dict[str, Cell]]

    @property
    def rows(self) -> list[tuple[str, list[Cell | None], int]]:
        return [
            (
                self.labels[before],
                [self.cells.get(before, {}).get(after) for after in self.codes],
                sum(cell.customers for cell in self.cells.get(before, {}).values()),
            )
            for before in self.codes
        ]

    @property
    def heads(self) -> list[str]:
        return [self.labels[code] for code in self.codes]

    @property
    def moved(self) -> int:
        return sum(cell.customers for row in self.cells.values() for cell in row.values() if cell.has_moved)


def between(
    key: str, before: datetime.date, after: datetime.date, *, run: Run, user: User | None, none: str
) -> Migration:
    """Customers by class on two days. `none` is how to call having no class."""
    from analytics.analysis.migration import migration_table
    from analytics.facts import engine

    with engine.reader(run.facts, user=user) as facts:
        seen = {row["customer_id"] for row in facts.rows("SELECT customer_id FROM customers")}
    table = migration_table(_classes(key, before, run, seen), _classes(key, after, run, seen))
    attribute = ATTRIBUTES[key]
    labels = {str(code): str(label) for code, label in attribute.choice_pairs()} | {"": none}
    cells: dict[str, dict[str, Cell]] = {}
    for row in table.to_dict("records"):
        old, new = (_code(row[name]) for name in ("group_before", "group_after"))
        labels.setdefault(old, old)
        labels.setdefault(new, new)
        cells.setdefault(old, {})[new] = Cell(int(row["customers"]), bool(row["has_moved"]))
    present = {*cells, *(code for row in cells.values() for code in row)}
    return Migration([code for code in labels if code in present], labels, cells)


def _classes(key: str, day: datetime.date, run: Run, seen: set[int]) -> "pd.DataFrame":
    """Published figures where they are of that day, otherwise computed as of it for the whole company."""
    from analytics.facts import engine
    from analytics.reports.figures import figures

    with engine.reader(run.facts, user=None) as house:
        if day == run.as_of:
            frame = house.frame("SELECT * FROM figures")
        else:
            frame = figures(house, as_of=day, basis="net")
    frame = frame.loc[frame["customer_id"].isin(seen), ["customer_id", key]].rename(columns={key: "group"})
    return frame.assign(group=frame["group"].where(frame["group"] != ""))


def _code(value: Any) -> str:
    return value if isinstance(value, str) else ""
