"""Forgetting a person and keeping the figures.

Orders, amounts, dates, units and codes stay, so every report counts what it counted. Names, addresses, texts, messages
and files go, from the records, their history, the search, imports, mails and the facts of the analysis. Files are
removed first: whatever interrupts an erasure, doing it again finishes it.
"""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import F, Field, Func, JSONField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.models import AccessLog, Company, Sensitivity, User
from crm.jobs import services as jobs
from crm.records import search, services
from crm.records.custom.columns import CustomValues
from crm.records.custom.models import CustomField
from crm.records.kinds import kinds
from crm.records.models import Record, Sequence
from customers.models import Customer
from customers.privacy import holdings, suppression, traces
from customers.privacy.holdings import Holding
from customers.privacy.models import Erasure
from customers.privacy.person import Person

JOB = "customers.erase"
BATCH = 500
FIGURES = {CustomField.Kind.CHOICE, CustomField.Kind.CHOICES, CustomField.Kind.BOOLEAN, CustomField.Kind.NUMBER}
A_NUMBER = re.compile(r"[\w./-]*\d[\w./-]*")
Progress = Callable[[int, int, str], None]
Step = Callable[["Erased"], None]
log_ = logging.getLogger(__name__)
_steps: list[Step] = []


class ErasureRefused(ValueError):
    """Cannot be erased; the text says why."""


class Erased:
    """What one erasure knows: the person, the shared texts that stay, what was removed."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.counts: dict[str, int] = {}
        self.shared: dict[tuple[str, str], set[str]] = {}  # (model, field) -> texts that others have too

    def count(self, label: str, rows: int) -> None:
        if rows:
            self.counts[label] = self.counts.get(label, 0) + rows


def register_step(step: Step) -> None:
    """Further places of a floor above that hold something of a person, such as the facts of the analysis. A step is
    called before the rows are emptied, and may be called again for the same person."""
    if step not in _steps:
        _steps.append(step)


def request(*, customer: Customer, user: User, reason: str, reference: str = "") -> Erasure:
    """Ask for the data of a customer to be erased by a job."""
    person = Person(customer)
    if any(each.casefold() in reference.casefold() for each in person.identifiers):
        raise ErasureRefused(_("The file number must not name the person."))
    with transaction.atomic():
        made: Erasure = Erasure.objects.create(
            customer=person.customer, number=person.customer.number, reason=Erasure.Reason(reason),
            reference=reference, requested_by=user,
        )  # fmt: skip
        key = f"customer-{person.customer.pk}"
        made.job = jobs.enqueue(JOB, payload={"erasure": made.pk}, key=key, user=user)
        made.save(update_fields=["job"])
    return made


def erase(
    *, customer: Customer, user: User | None, reason: str = Erasure.Reason.REQUEST, reference: str = ""
) -> Erasure:
    """Erase at once."""
    made = Erasure.objects.create(
        customer=Person(customer).customer, number=customer.number, reason=Erasure.Reason(reason), reference=reference,
        requested_by=user,
    )  # fmt: skip
    return run(made)


def run(erasure: Erasure, progress: Progress = lambda done, total, text: None) -> Erasure:
    """Do what was asked for. Safe to do again."""
    if erasure.customer is None:
        raise ErasureRefused(_("This customer does not exist any more."))
    person = Person(erasure.customer)
    done = Erased(person)
    every = holdings.all_holdings()
    total = len(every) + 4
    person.identifiers, person.emails, person.values  # noqa: B018  read before they are gone
    _remember_shared(done, every)
    progress(0, total, _("files"))
    traces.remove_files(done)
    for step in _steps:
        step(done)
    company = Company.objects.current()
    with transaction.atomic(), translation.override(company.language):
        list(Customer._base_manager.select_for_update(of=("self",)).filter(pk__in=person.ids).order_by("pk"))
        traces.remove_mentions(done)
        suppression.add(person.values)
        _renumber(person)
        for place, holding in enumerate(every, 2):
            progress(place, total, holding.label)
            _forget(done, holding)
        _finish(done, erasure)
    progress(total, total, "")
    log_.info("Personal data of customer %s erased.", erasure.number)
    return erasure


# the rows -------------------------------------------------------------------------------------------------------------


def _forget(done: Erased, holding: Holding) -> None:
    rows = done.person.rows(holding)
    if holding.removed:
        found = rows.count()
        rows.delete() if holding.model_class._meta.related_objects else rows._raw_delete(rows.db)
        done.count(holding.label, found)
        return
    texts = holding.texts()
    if not texts:
        return
    done.count(holding.label, rows.count())
    _empty(done, holding, rows, is_history=False)
    history = done.person.history(holding)
    if history is not None:
        _empty(done, holding, history, is_history=True)


def _empty(done: Erased, holding: Holding, rows: QuerySet, *, is_history: bool) -> None:
    """Empty the texts of rows: most in one statement, those of which some stay one by one."""
    texts = holding.texts()
    values: dict[str, Any] = {}
    for each in texts:
        if isinstance(each, CustomValues) and each.name == "custom":
            _empty_custom(holding.model_class, rows)
        elif each.name in holding.shared:
            kept = done.shared.get((holding.model, each.name), set())
            rows.exclude(**{f"{each.name}__in": ["", *kept]}).update(**{each.name: emptied(each)})
        elif each.name in holding.narrowed:
            holding.narrowed[each.name](rows).update(**{each.name: emptied(each)})
        elif each.name not in holding.values:
            values[each.name] = emptied(each)
    values |= {name: value() for name, value in holding.values.items()}
    if is_history:
        values["history_change_reason"] = None
    elif issubclass(holding.model_class, Record):
        values |= {"version": F("version") + 1, "modified_at": timezone.now()}
    rows.update(**values)


def emptied(field: Field) -> Any:
    """What a text becomes: nothing where a model allows that, else the word for it."""
    if isinstance(field, JSONField):
        return field.get_default() if field.has_default() else None if field.null else {}
    if field.blank or isinstance(field, models.FileField) or field.get_internal_type() == "EmailField":
        return ""
    return word()[: field.max_length or None]


def word() -> str:
    return _("Erased")


def named_by_number() -> Any:
    """ "Erased C-000123": a name that tells records apart and nothing of the person."""
    return Concat(Value(f"{word()} "), F("number"))


def first_of_its_year(name: str) -> Callable[[], Any]:
    """1 January: the analysis knows the year of birth and nothing else."""
    return lambda: YearOnly(F(name), output_field=models.DateField())


class YearOnly(Func):
    """A date as the first day of its year."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 4) || '-01-01'", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="DATE_TRUNC('year', %(expressions)s)::date", **extra)


def _empty_custom(model: Any, rows: QuerySet) -> None:
    """Of custom fields what analysis counts stays: public choices, numbers, yes or no."""
    kept = _custom_figures(model)
    for row in rows.exclude(custom={}).only("pk", "custom").iterator(chunk_size=BATCH):
        left = {name: value for name, value in row.custom.items() if name in kept}
        if left != row.custom:
            rows.model._base_manager.filter(pk=row.pk).update(custom=left)


def _custom_figures(model: Any) -> set[str]:
    key = model.Access.kind
    fields = CustomField.objects.filter(kind=key, type__in=FIGURES, sensitivity=Sensitivity.PUBLIC)
    return set(fields.values_list("key", flat=True))


def custom_left(person: Person) -> dict[int, dict[str, Any]]:
    """Id of a customer -> the custom fields that erasing leaves."""
    kept = _custom_figures(Customer)
    rows = Customer._base_manager.filter(pk__in=person.ids).values_list("pk", "custom")
    return {pk: {name: value for name, value in custom.items() if name in kept} for pk, custom in rows}


def _remember_shared(done: Erased, every: Iterable[Holding]) -> None:
    for holding in every:
        for name in holding.shared:
            own = done.person.rows(holding)
            texts = set(own.exclude(**{name: ""}).order_by().values_list(name, flat=True).distinct())
            others = holding.model_class._base_manager.exclude(pk__in=own.values("pk"))
            done.shared[holding.model, name] = {text for text in texts if others.filter(**{name: text}).exists()}


def _renumber(person: Person) -> None:
    """A number that is an address or a name of the person is replaced by one of the house."""
    known = {each.casefold() for each in person.identifiers}
    for customer in Customer._base_manager.filter(pk__in=person.ids):
        number = customer.number
        if number.casefold() in known or not A_NUMBER.fullmatch(number):
            customer.number = Sequence.next_number(Customer.NUMBER_PREFIX)
            Customer._base_manager.filter(pk=customer.pk).update(number=customer.number)
            Customer.history.filter(id=customer.pk).update(number=customer.number)


def _finish(done: Erased, erasure: Erasure) -> None:
    """Say of the customers that they are erased; bring the search up to it; tell other systems; write it down."""
    now, person = timezone.now(), done.person
    rows = Customer._base_manager.filter(pk__in=person.ids)
    rows.filter(erased_at__isnull=True).update(erased_at=now)
    for model, records in person.records():
        kind = kinds.of(model)
        search.remove_all(kind, records.values("pk"))
        search.index(kind, records.filter(deleted_at__isnull=True))
    person.customer.refresh_from_db()
    person.customer._history_user = erasure.requested_by  # type: ignore[attr-defined]
    services.save(person.customer, user=erasure.requested_by, tells=False)
    erasure.number = person.customer.number
    erasure.finished_at, erasure.counts = now, done.counts
    erasure.save(update_fields=["number", "finished_at", "counts"])
    detail = {"erased": erasure.number, "erasure": erasure.pk, "reason": str(erasure.reason)}
    log.record(erasure.requested_by, AccessLog.Action.SETTINGS, "customer", object_id=person.customer.pk, detail=detail)


def preview(customer: Customer) -> dict[str, list[tuple[str, int]]]:
    """What would be removed, emptied and kept: (label, rows) of each model that has any."""
    person = Person(customer)
    found: dict[str, list[tuple[str, int]]] = {"removed": [], "emptied": []}
    for holding in holdings.all_holdings():
        if not holding.texts() and not holding.removed:
            continue
        if not holding.is_handed_out:
            continue
        rows = person.rows(holding).count()
        if rows:
            found["removed" if holding.removed else "emptied"].append((holding.label, rows))
    return found


__all__ = [
    "JOB",
    "ErasureRefused",
    "Erased",
    "emptied",
    "erase",
    "first_of_its_year",
    "named_by_number",
    "preview",
    "register_step",
    "request",
    "run",
]
