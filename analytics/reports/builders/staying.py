"""How long customers stay: the share still there period by period with its projection, and the survival curve."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from sqlglot import exp

from analytics.models import AnalysisSettings
from analytics.reports.builders.base import (
    Builder,
    Cell,
    Context,
    Records,
    code_text,
    dimension_codes,
    dimension_column,
    dimension_labels,
    in_order,
    plain_value,
    ratio,
    whole_number,
)
from analytics.reports.composition import Question, parsed, with_names
from analytics.reports.parameters import Kind, Parameter
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import BASES, Dimension, Text, Type, Unit, codes, vocabulary

UNIT = Parameter(
    "periods",
    gettext_lazy("Periods"),
    Kind.CHOICE,
    "month",
    choices=codes(("month", gettext_lazy("months")), ("quarter", gettext_lazy("quarters"))),
)
AHEAD = Parameter("ahead", gettext_lazy("Periods ahead"), Kind.WHOLE, 12, least=0, most=60)
ENOUGH, POINTS_OFF = 30, 0.05  # customers at risk from which a share counts, and how far off a model may be
STEP = Parameter("step", gettext_lazy("Days of a step"), Kind.WHOLE, 30, least=1, most=365)


class Staying(Builder):
    """What both reports share: the customers whose first purchase lies in the period, as tenure sees them."""

    def __init__(self) -> None:
        self.base = BASES["figures"]

    def measure_keys(self) -> list[tuple[str, Text]]:
        return [("customers", vocabulary.measure("figures", "customers").label)]

    def split(self, context: Context) -> Dimension | None:
        return vocabulary.dimension(context.arguments.by[0]) if context.arguments.by else None

    def groups(
        self, context: Context, cell: Cell | None = None
    ) -> tuple[list[tuple[dict[str, Any], Any]], dict[str, dict[Any, str]]]:
        """Customers of each value of the split with its codes (columns as `tenure` wants them), and their names."""
        import pandas as pd

        from analytics.analysis.churn import ChurnRule, lost_after

        split = self.split(context)
        question = self._question(context, cell)
        inner = question.select(
            "f.customer_id", "f.first_on", "f.last_on", "f.cycle_days", "f.cycle_is_assumed", "c.lost_on"
        )
        if split:
            inner = inner.select(exp.alias_(question.code(split), f"k_{split.key}"))
        outer = exp.select("a.*").from_(inner.subquery("a"))
        frame = question.frame(with_names(outer, split) if split else outer)
        rule = ChurnRule(**AnalysisSettings.current().get("churn", {}))
        is_own = ~frame["cycle_is_assumed"].astype("boolean").fillna(False)
        frame = frame.assign(
            first_on=pd.to_datetime(frame["first_on"]),
            last_on=pd.to_datetime(frame["last_on"]),
            lost_by_user_on=pd.to_datetime(frame["lost_on"]),
            lost_after_days=lost_after(frame["cycle_days"], is_own, rule),
        )
        if split is None:
            return [({}, frame)], {}
        named = frame[[name for name in frame.columns if name.startswith(split.out)]].drop_duplicates()
        rows = [{str(key): plain_value(value) for key, value in row.items()} for row in named.to_dict("records")]
        parts = {}
        for row in rows:
            code = row[split.out]
            parts[code] = frame[frame[split.out].isna() if code is None else frame[split.out] == code]
            row["size"] = len(parts[code])
        found = [(dimension_codes(row, [split]), parts[row[split.out]]) for row in in_order(rows, [split], "size")]
        return found, {split.out: dimension_labels(split, rows)}

    def _question(self, context: Context, cell: Cell | None) -> Question:
        places = {key: value for key, value in (cell or {}).items() if key in vocabulary.dimensions}
        question = context.question(self.base, where=("f.orders > 0",), cell=places)
        question.join("c")
        period = context.arguments.period
        if period.start:
            question.conditions.append(exp.GTE(this=parsed("f.first_on"), expression=question.bind(period.start)))
        question.conditions.append(exp.LTE(this=parsed("f.first_on"), expression=question.bind(period.end)))
        return question

    def notes(self, context: Context, parts: list[tuple[dict[str, Any], Any]], watched: int) -> list[Note]:
        import pandas as pd

        from analytics.analysis import tenure

        as_of = pd.Timestamp(context.arguments.as_of)
        young = sum(tenure.too_young(frame, as_of=as_of) for _codes, frame in parts)
        notes = []
        if context.arguments.period.start:
            notes.append(Note("first_purchase_in_period", _("Counted are customers who first bought in the period.")))
        if young:
            text = _("%(number)d customers came too lately to tell whether they stay, and are left out.")
            notes.append(Note("too_young", text % {"number": young}))
        if not watched:
            notes.append(Note("no_data", _("There is no customer yet of whom could be told whether they stayed.")))
        return notes


class RetentionCurve(Staying):
    """The share of customers still there period by period, and how it will go on by the shifted-beta-geometric."""

    own_cells = ("period_number",)

    def table(self, context: Context) -> Table:
        parts, labels = self.groups(context)
        unit, ahead = context.arguments.parameter("periods"), context.arguments.parameter("ahead")
        rows, notes = [], []
        for each, frame in parts:
            found, note = self._curve(context, frame, unit, ahead, self._name(context, each, labels))
            rows += [{**each, **row} for row in found]
            notes += note
        whole = rows
        if self.split(context):
            import pandas as pd

            everybody = pd.concat([frame for _each, frame in parts]) if parts else None
            whole = self._curve(context, everybody, unit, ahead, "")[0] if everybody is not None else []
        totals = self._totals(whole)
        notes = [*self.notes(context, parts, totals["customers"]), *notes]
        if seen := [row for row in whole if not row["is_projected"]]:
            text = _("The share at the top is of period %(period)d, the last with %(least)d customers or more watched.")
            said = {"period": _last_of_enough(seen)["period_number"], "least": min(ENOUGH, seen[0]["at_risk"])}
            notes.append(Note("last_period", text % said))
        columns = [*self._dimension(context), *self._columns()]
        return Table(columns, rows, totals, self._total_columns(), notes, labels, {}, len(rows))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        import pandas as pd

        from analytics.analysis import tenure

        parts, _labels = self.groups(context, cell)
        as_of = pd.Timestamp(context.arguments.as_of)
        frames = [
            tenure.stays(frame, as_of=as_of, unit=context.arguments.parameter("periods")) for _each, frame in parts
        ]
        if not frames:
            return Records("customer")
        found = pd.concat(frames)
        if "period_number" in cell:
            number = whole_number(cell["period_number"])
            found = found[found["watched"] >= number]
            found = found[found["there_until"] >= number - (measure == "at_risk" and number > 0)]
        return Records("customer", ids=sorted(int(each) for each in found.index))

    def _curve(
        self, context: Context, frame: Any, unit: Any, ahead: int, name: str
    ) -> tuple[list[dict[str, Any]], list[Note]]:
        import pandas as pd

        from analytics.analysis import shifted_beta_geometric, tenure
        from analytics.analysis.likelihood import FitStatus

        survivors = tenure.survivors(frame, as_of=pd.Timestamp(context.arguments.as_of), unit=unit)
        curve = tenure.observed(survivors)
        if not len(curve):
            return [], []
        fitted = shifted_beta_geometric.fit(survivors)
        last = int(curve["period"].max())
        projected = shifted_beta_geometric.project(fitted, periods=range(last + 1 + ahead))
        expected, rates = projected["survival"].to_numpy(), projected["retention_rate"].to_numpy()
        is_known = fitted.status == FitStatus.OK
        rows = [
            {
                "period_number": int(each.period),
                "at_risk": int(each.at_risk),
                "customers": int(each.customers),
                "retention_rate": ratio(each.retention_rate),
                "survival": ratio(each.survival),
                "projected": ratio(expected[int(each.period)]) if is_known else None,
                "is_projected": False,
            }
            for each in curve.itertuples()
        ]
        beyond = range(last + 1, last + 1 + ahead) if is_known else ()
        rows += [
            {
                "period_number": number,
                "at_risk": None,
                "customers": None,
                "retention_rate": ratio(rates[number]),
                "survival": None,
                "projected": ratio(expected[number]),
                "is_projected": True,
            }
            for number in beyond
        ]
        notes = [self._said(fitted, name)]
        if is_known:
            notes += self._misfit(curve, expected, name)
        return rows, notes

    def _misfit(self, curve: Any, expected: Any, name: str) -> list[Note]:
        """Where the model is far from what was seen of enough customers, the reader should trust it less."""
        seen = curve[curve["at_risk"] >= ENOUGH]
        off = float(abs(seen["survival"].to_numpy() - expected[seen["period"].to_numpy()]).max()) if len(seen) else 0.0
        if off < POINTS_OFF:
            return []
        text = _("The model misses the observed share by up to %(points)s points: read the projection with care.")
        text %= {"points": f"{off * 100:.0f}"}
        return [Note("projection_is_off", f"{name}: {text}" if name else text)]

    def _said(self, fitted: Any, name: str) -> Note:
        """What came of the fit, in words."""
        from analytics.analysis.likelihood import FitStatus

        if fitted.status == FitStatus.OK:
            text = _(
                "Projection by the shifted-beta-geometric model: alpha %(alpha)s, beta %(beta)s,"
                " %(customers)d customers."
            )
            said = {"alpha": f"{fitted.alpha:.3f}", "beta": f"{fitted.beta:.3f}", "customers": int(fitted.customers)}
            text = text % said
        elif fitted.status == FitStatus.TOO_FEW_CUSTOMERS:
            text = _("Too few customers for a projection: the model wants at least 30.")
        else:
            text = _(
                "The data do not tell the parameters of the model, so there is no projection: too few have left so far,"
                " or nearly all."
            )
        return Note(f"projection_{fitted.status}", f"{name}: {text}" if name else text)

    def _name(self, context: Context, each: dict[str, Any], labels: dict[str, dict[Any, str]]) -> str:
        split = self.split(context)
        if split is None:
            return ""
        code = each[split.out]
        return str(labels.get(split.out, {}).get(code) or code or split.null_label)

    def _totals(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        seen = [row for row in rows if not row["is_projected"]]
        return {
            "customers": rows[0]["customers"] if rows else 0,
            "survival": _last_of_enough(seen)["survival"] if seen else None,
            "projected": rows[-1]["projected"] if rows else None,
        }

    def _dimension(self, context: Context) -> list[Column]:
        split = self.split(context)
        return [dimension_column(split)] if split else []

    def _columns(self) -> list[Column]:
        rate = {"type": Type.RATIO, "unit": Unit.RATIO, "decimals": 4}
        return [
            Column("period_number", _("Periods since"), Type.NUMBER, Unit.COUNT),
            Column(
                "at_risk",
                _("Watched"),
                Type.NUMBER,
                Unit.COUNT,
                "at_risk",
                help=_("There in the period before, and known by now whether in this one"),
            ),
            Column("customers", _("Still there"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("retention_rate", _("Retention rate"), **rate, help=_("Still there / watched")),
            Column("survival", _("Share still there"), **rate, help=_("Product of the retention rates so far")),
            Column("projected", _("By the model"), **rate),
            Column("is_projected", _("Projected"), Type.BOOLEAN),
        ]

    def _total_columns(self) -> list[Column]:
        rate = {"type": Type.RATIO, "unit": Unit.RATIO, "decimals": 4}
        return [
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("survival", _("Still there"), **rate),
            Column("projected", _("Expected at the end"), **rate),
        ]


class Survival(Staying):
    """Kaplan-Meier curve of customers by days since the first purchase; groups are compared by the log-rank test."""

    own_cells = ("duration",)

    def table(self, context: Context) -> Table:
        import pandas as pd

        from analytics.analysis import survival, tenure

        parts, labels = self.groups(context)
        as_of, step = pd.Timestamp(context.arguments.as_of), context.arguments.parameter("step")
        spells = [(each, tenure.spells(frame, as_of=as_of)) for each, frame in parts]
        rows = [{**each, **row} for each, found in spells for row in self._curve(found, step)]
        everybody = pd.concat([found for _each, found in spells]) if spells else None
        watched = 0 if everybody is None else len(everybody)
        notes = self.notes(context, parts, watched)
        totals: dict[str, Any] = {"customers": watched, "ended": 0, "median_days": None, "log_rank_p": None}
        if everybody is not None and watched:
            median = survival.median_duration(survival.kaplan_meier(everybody))
            totals |= {"ended": int(everybody["has_ended"].sum()), "median_days": plain_value(median)}
            if median != median:
                notes.append(Note("median_not_reached", _("More than half are still there: there is no median yet.")))
        split = self.split(context)
        if split and spells:
            totals["log_rank_p"] = self._compare(spells, split, labels, notes)
        columns = [*([dimension_column(split)] if split else []), *self._columns()]
        return Table(columns, rows, totals, self._total_columns(bool(split)), notes, labels, {}, len(rows))

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """Customers watched; in a row those who left within its step, or who were watched longer."""
        import pandas as pd

        from analytics.analysis import tenure

        parts, _labels = self.groups(context, cell)
        as_of, step = pd.Timestamp(context.arguments.as_of), context.arguments.parameter("step")
        frames = [tenure.spells(frame, as_of=as_of) for _each, frame in parts]
        if not frames:
            return Records("customer")
        found = pd.concat(frames)
        if "duration" in cell:
            day = whole_number(cell["duration"])
            if measure == "ended":
                inside = (found["duration"] > day - step) | (day == 0)
                found = found[found["has_ended"] & inside & (found["duration"] <= day)]
            else:
                found = found[found["duration"] >= day]
        elif measure == "ended":
            found = found[found["has_ended"]]
        return Records("customer", ids=sorted(int(each) for each in found.index))

    def _curve(self, spells: Any, step: int) -> list[dict[str, Any]]:
        """The curve read at every step of days."""
        import numpy as np

        from analytics.analysis import survival

        if not len(spells):
            return []
        curve = survival.kaplan_meier(spells)
        duration = spells["duration"].to_numpy()
        ended = np.sort(duration[spells["has_ended"].to_numpy()])
        grid = np.arange(0, duration.max() + step, step)
        place = np.searchsorted(curve["duration"].to_numpy(), grid, side="right") - 1
        at_risk = len(duration) - np.searchsorted(np.sort(duration), grid, side="left")
        gone = np.searchsorted(ended, grid, side="right")
        return [
            {
                "duration": int(day),
                "at_risk": int(at_risk[number]),
                "ended": int(gone[number] - (gone[number - 1] if number else 0)),
                **{name: ratio(curve[name].iloc[place[number]]) for name in ("survival", "low", "high")},
            }
            for number, day in enumerate(grid)
        ]

    def _compare(
        self, spells: list[tuple[dict[str, Any], Any]], split: Dimension, labels: Any, notes: list[Note]
    ) -> float | None:
        """Whether the groups stay unequally long; what each comes to is told in the notes."""
        import pandas as pd

        from analytics.analysis import survival

        named = labels.get(split.out, {})
        medians = []
        for each, found in spells:
            code = each[split.out]
            median = survival.median_duration(survival.kaplan_meier(found)) if len(found) else float("nan")
            said = _("not reached") if median != median else _("%(days)d days") % {"days": median}
            medians.append(f"{named.get(code) or code or split.null_label} {said}")
        notes.append(Note("medians", _("Half stay as long as: %(groups)s.") % {"groups": "; ".join(medians)}))
        frames = [found.assign(group=code_text(each[split.out])) for each, found in spells if len(found)]
        if not frames:
            return None
        test = survival.log_rank(pd.concat(frames), by="group")
        if test.p_value != test.p_value:
            notes.append(Note("no_comparison", _("There are no two groups to compare.")))
            return None
        differs = test.p_value < 0.05
        text = _("No difference between the groups is proven: log-rank test with chi-square %(chi)s, p = %(p)s.")
        if differs:
            text = _("The groups stay unequally long: log-rank test with chi-square %(chi)s, p = %(p)s.")
        said = {"chi": f"{test.statistic:.2f} ({test.degrees_of_freedom})", "p": f"{test.p_value:.2g}"}
        notes.append(Note("groups_differ" if differs else "no_difference_proven", text % said))
        return round(test.p_value, 6)

    def _columns(self) -> list[Column]:
        rate = {"type": Type.RATIO, "unit": Unit.RATIO, "decimals": 4}
        return [
            Column("duration", _("Days since the first purchase"), Type.NUMBER, Unit.DAYS),
            Column(
                "at_risk", _("Watched"), Type.NUMBER, Unit.COUNT, "at_risk", help=_("Watched for so long or longer")
            ),
            Column("ended", _("Left"), Type.NUMBER, Unit.COUNT, "ended", help=_("Left since the step before")),
            Column("survival", _("Share still there"), **rate, help=_("By Kaplan and Meier")),
            Column("low", _("from"), **rate, help=_("95 % interval")),
            Column("high", _("to"), **rate, help=_("95 % interval")),
        ]

    def _total_columns(self, is_split: bool) -> list[Column]:
        found = [
            Column("customers", _("Customers"), Type.NUMBER, Unit.COUNT, "customers"),
            Column("ended", _("Left"), Type.NUMBER, Unit.COUNT, "ended"),
            Column("median_days", _("Half stay (days)"), Type.NUMBER, Unit.DAYS),
        ]
        log_rank = Column("log_rank_p", _("Log-rank p"), Type.NUMBER, decimals=4)
        return [*found, log_rank] if is_split else found


def _last_of_enough(seen: list[dict[str, Any]]) -> dict[str, Any]:
    """The last period with so many customers watched that its share says something."""
    return next((row for row in reversed(seen) if row["at_risk"] >= ENOUGH), seen[0])
