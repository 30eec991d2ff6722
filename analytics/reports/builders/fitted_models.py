"""The models that forecasts are made with: their parameters, or in words why there are none."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import AnalysisSettings, ModelFit
from analytics.reports.builders.base import Builder, Cell, Context, Records, selected
from analytics.reports.result import Column, Note, Table
from analytics.reports.vocabulary import BASES, Text, Type, Unit

MODELS: dict[str, Text] = {
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "gamma_gamma": "Gamma-Gamma",
    "sbg": gettext_lazy("Shifted-beta-geometric"),
}
STATUS: dict[str, Text] = {
    "ok": gettext_lazy("The data tell every parameter."),
    "not_identified": gettext_lazy(
        "The data cannot tell the parameters: the model would fit as well with nobody ever leaving, or with all"
        " customers alike."
    ),
    "no_repeat_buyers": gettext_lazy("Nobody has bought a second time yet."),
    "too_few_customers": gettext_lazy("There are too few customers for this model."),
    "did_not_converge": gettext_lazy("The search for the best parameters found no end."),
}
SHORT: dict[str, Text] = {
    "ok": gettext_lazy("identified"),
    "not_identified": gettext_lazy("not identified"),
    "no_repeat_buyers": gettext_lazy("no repeat buyers"),
    "too_few_customers": gettext_lazy("too few customers"),
    "did_not_converge": gettext_lazy("no end found"),
    "week": gettext_lazy("week"),
    "day": gettext_lazy("day"),
}
PARAMETERS: dict[str, Text] = {
    "status": gettext_lazy("Status"),
    "unidentified": gettext_lazy("Parameters that the data do not tell"),
    "r": gettext_lazy("Shape of the purchase rates (r)"),
    "alpha": gettext_lazy("Scale of the purchase rates (α)"),
    "a": gettext_lazy("Chances of leaving, first shape (a)"),
    "b": gettext_lazy("Chances of leaving, second shape (b)"),
    "s": gettext_lazy("Shape of the leaving rates (s)"),
    "beta": gettext_lazy("Scale of the leaving rates (β)"),
    "p": gettext_lazy("Shape of the amounts (p)"),
    "q": gettext_lazy("Shape of the means between customers (q)"),
    "v": gettext_lazy("Scale of the means between customers (v)"),
    "mean_amount": gettext_lazy("Mean amount of a purchase, E(M)"),
    "correlation": gettext_lazy("Correlation of frequency and amount"),
    "log_likelihood": gettext_lazy("Log-likelihood"),
    "customers": gettext_lazy("Customers"),
    "repeat_buyers": gettext_lazy("Repeat buyers"),
    "time_unit": gettext_lazy("Unit of time"),
}
COUNTS = {"customers", "repeat_buyers"}
BOUGHT = "f.orders > 0"
TOLD_ELSEWHERE = {"log_likelihood", "unidentified"}


class FittedModels(Builder):
    """One row per model and parameter, as of any day: published fits are read, those of other days made anew."""

    knows_members = False  # a model is one of the whole company

    def __init__(self) -> None:
        self.base = BASES["figures"]

    def table(self, context: Context) -> Table:
        fits = self._fits(context)
        rows = [row for name in MODELS if name in fits for row in _rows(name, fits[name])]
        customers = self._buyers(context)
        used = next((name for name, each in fits.items() if each["is_used"] and name != "gamma_gamma"), None)
        totals = {
            "customers": customers,
            "models": len(fits) if customers else 0,
            "models_ok": sum(map(_is_ok, fits.values())),
        }
        labels = {
            "model": {name: str(label) for name, label in MODELS.items()},
            "parameter": {name: str(label) for name, label in PARAMETERS.items()},
            "value": {code: str(text) for code, text in SHORT.items()},
        }
        return Table(
            self._columns(), rows, totals, self._total_columns(), self._notes(fits, used), labels, {}, len(rows)
        )

    def records(self, context: Context, measure: str, cell: Cell) -> Records:
        """The customers whose purchases the models were fitted on, as far as this reader may see them."""
        return selected(context.question(self.base, where=(BOUGHT,)), "customer")

    def _buyers(self, context: Context) -> int:
        question = context.question(self.base, where=(BOUGHT,))
        return int(question.ask(question.select("COUNT(*) AS n"))[0]["n"])

    def _fits(self, context: Context) -> dict[str, dict[str, Any]]:
        kept = ModelFit.objects.filter(run_id=context.source.run, model__in=MODELS) if context.is_published else []
        if kept:
            return {
                each.model: {
                    "status": each.status,
                    "customers": each.customers,
                    "time_unit": each.time_unit,
                    "parameters": each.parameters,
                    "is_used": each.is_used,
                }
                for each in kept
            }
        from analytics import fits
        from analytics.figures import forecast, rhythm

        given, day = AnalysisSettings.current(), context.arguments.as_of
        house = context.source.reader(None)
        made = {
            "sbg": rhythm.staying_as_of(house, day, given),
            **forecast.models_as_of(house, day, given.get("forecast", {})),
        }
        used = forecast.used_model(made)
        return {
            name: {
                "status": str(each.status),
                "customers": each.customers,
                "time_unit": getattr(each, "time_unit", ""),
                "parameters": fits.parameters(each),
                "is_used": name == used,
            }
            for name, each in made.items()
        }

    def _notes(self, fits: dict[str, dict[str, Any]], used: str | None) -> list[Note]:
        if not fits:
            return [Note("no_data", _("No model has been fitted yet: refresh the data first."))]
        notes = [
            Note(each["status"], f"{MODELS[name]}: {STATUS[each['status']]}")
            for name, each in fits.items()
            if name in MODELS and not _is_ok(each)
        ]
        if used is None:
            text = _("There is no forecast: who is silent for long is told by the rule of recency alone.")
            return [*notes, Note("recency_rule", text)]
        return [*notes, Note("model_in_use", _("Forecasts are made with %(model)s.") % {"model": MODELS[used]})]

    def _columns(self) -> list[Column]:
        return [
            Column("model", _("Model")),
            Column("parameter", _("Parameter")),
            Column("value", _("Value"), Type.NUMBER, decimals=4),
        ]

    def _total_columns(self) -> list[Column]:
        count = (Type.NUMBER, Unit.COUNT)
        return [
            Column("customers", _("Customers with a purchase"), *count, "customers"),
            Column("models", _("Models"), *count),
            Column("models_ok", _("Models that the data identify"), *count),
        ]


def _rows(name: str, fit: dict[str, Any]) -> list[dict[str, Any]]:
    # A database may hand the parameters back in any order.
    values = {key: fit["parameters"][key] for key in PARAMETERS if key in fit["parameters"].keys() - TOLD_ELSEWHERE}
    told: dict[str, Any] = {
        "status": fit["status"],
        **values,
        "log_likelihood": fit["parameters"].get("log_likelihood"),
        "customers": int(fit["customers"]),
        **({"time_unit": fit["time_unit"]} if fit["time_unit"] else {}),
    }
    if unidentified := fit["parameters"].get("unidentified"):
        told["unidentified"] = ", ".join(unidentified)
    counted = {key: int(told[key]) for key in COUNTS & told.keys() if told[key] is not None}
    return [{"model": name, "parameter": key, "value": value} for key, value in (told | counted).items()]


def _is_ok(fit: dict[str, Any]) -> bool:
    return bool(fit["status"] == "ok")
