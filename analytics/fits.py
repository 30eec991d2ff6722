"""Fitted models on their way to the rows that tell them, and back to whoever shows them."""

import dataclasses
import math
from typing import Any

from django.db.models import Max

from analytics.models import ModelFit, Run

TOLD_APART = {"status", "customers", "time_unit"}


def keep(run: Run, fitted: dict[str, Any]) -> None:
    """Write what was fitted in a run; the number of each model's version goes up by one."""
    from analytics.figures.forecast import used_model

    last = dict(ModelFit.objects.order_by().values_list("model").annotate(Max("version")))
    used = used_model(fitted)
    ModelFit.objects.bulk_create(
        ModelFit(
            run=run,
            model=name,
            version=last.get(name, 0) + 1,
            status=str(found.status),
            as_of=run.as_of,
            customers=found.customers,
            time_unit=getattr(found, "time_unit", ""),
            parameters=parameters(found),
            is_used=name == used or (name == "gamma_gamma" and used is not None and found.status == "ok"),
        )
        for name, found in fitted.items()
    )


def parameters(found: Any) -> dict[str, Any]:
    """Everything else that a fit tells, by its usual letters; what is not known is None."""
    told = {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
    if hasattr(found, "mean_amount"):
        told["mean_amount"] = found.mean_amount
    return {name: _plain(value) for name, value in told.items() if name not in TOLD_APART}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value
