"""Explanations for one customer, by everybody who can give one."""

from dataclasses import dataclass
from typing import Any

from analytics.explain.terms import Part, Question, Score, explainers
from analytics.models import AnalysisSettings, CustomerFigures, Publication, Run
from crm.accounts.models import User
from customers.models import Customer


@dataclass(frozen=True)
class Explanation:
    customer: Customer
    run: Run
    scores: tuple[Score, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form: codes and numbers, the same in every language, labels in the reader's."""
        return {
            "customer_number": self.customer.number,
            "as_of": self.run.as_of.isoformat(),
            "run": self.run.pk,
            "snapshot": self.run.facts,
            "data_taken_at": self.run.summary.get("taken_at"),
            "scores": [_score(each) for each in self.scores],
        }


def explain(customer: Customer, user: User | None) -> Explanation | None:
    """What the published run made of a customer; None before a run, or for a customer it does not know."""
    from analytics.facts import engine

    run = Publication.current_run()
    if run is None or not run.facts:
        return None
    figures = CustomerFigures.objects.filter(run=run, customer=customer).first()
    if figures is None:
        return None
    with engine.reader(run.facts, user=user) as facts, engine.reader(run.facts, user=None) as house:
        question = Question(customer, figures, run, user, facts, house, AnalysisSettings.current())
        found = [each(question) for each in explainers]
    return Explanation(customer, run, tuple(each for each in found if each is not None))


def _score(score: Score) -> dict[str, Any]:
    return {
        "score": score.key,
        "label": str(score.label),
        "value": score.value,
        "formula": str(score.formula),
        "model": score.model,
        "note": score.note,
        "parts": [_part(each) for each in score.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"part": part.key, "label": str(part.label), "value": part.value, "shown": part.shown}
    if part.weight is not None:
        found["weight"] = round(part.weight, 10)
    if part.kind:
        found |= {"kind": part.kind, "records": list(part.records)}
    return found
