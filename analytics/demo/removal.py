"""Take the demo company out again, and nothing else."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction

from analytics.models import Alert, CustomerFigures, Publication, Run, Segment, SegmentMembership, StageChange
from crm.accounts.models import AccessLog, Company, Region, Unit, User
from crm.records.kinds import kinds
from crm.records.models import Batch, Record, SavedView, SearchGram
from customers.models import Consent, ContactPerson, Customer, Erasure, PersonalDataFile
from interactions.aftersales.models import AfterSales
from interactions.cases.models import Complaint, Enquiry
from interactions.catalogue.models import Category, Product
from interactions.contacts.models import ContactPlan, Interaction
from interactions.deals.models import Deal, DealLine, DealMilestone, DealPhase
from interactions.knowledge.models import TradingRating
from interactions.needs.models import CustomerNeed, SpecialRequest
from interactions.orders.models import Order, OrderLine
from interactions.orders.stock_models import StockMovement
from interactions.pricing.models import PriceRule
from interactions.targets.models import SalesTarget
from interactions.work.models import Task

Tell = Callable[[str], None]


def remove(*, tell: Tell = lambda _text: None) -> dict[str, int]:
    """Take out the demo company and nothing else; how many rows of each kind.

    A demo record that something of your own points at is kept and from now on counts as yours; `adopted` says how many.
    """
    batches = Batch.objects.filter(source=Batch.Source.DEMO)
    summary = batches.first().summary if batches else {}
    counts: dict[str, int] = {"adopted": 0}
    with transaction.atomic():
        Publication.objects.update(run=None)
        CustomerFigures.objects.all().delete()  # analyses of a company that is gone
        Run.objects.all().delete()
        _analysis_of_demo_customers()
        for model in _deletion_order():
            counts["adopted"] += _adopt_what_is_needed(model)
        for model in _deletion_order():
            tell(model._meta.model_name or "")
            counts[model._meta.model_name or ""] = _delete_batch(model)
        ContactPlan.objects.filter(pk__in=summary.get("contact_plans", [])).delete()
        counts["segment"] = Segment.objects.filter(is_demo=True).delete()[0]
        counts["user"], kept = _remove_users()
        counts["adopted"] += kept
        for tree in (Region, Unit):
            counts[tree._meta.model_name or ""] = _remove_tree(tree)
        if summary.get("made_company") and not User.objects.exists() and not Customer.objects.exists():
            counts["company"] = Company.objects.all().delete()[0]
        batches.delete()
    return counts


def _deletion_order() -> list[type[Record]]:
    return [
        Task,
        AfterSales,
        StockMovement,
        CustomerNeed,
        SpecialRequest,
        Complaint,
        Enquiry,
        Interaction,
        Deal,
        Order,
        SalesTarget,
        PriceRule,
        Customer,
        Product,
        Category,
    ]


def _demo(model: type[Record]) -> models.QuerySet:
    return model._default_manager.filter(batch__source=Batch.Source.DEMO)


def _analysis_of_demo_customers() -> None:
    demo = _demo(Customer).values("pk")
    for model in (SegmentMembership, StageChange, Alert):
        model.objects.filter(customer__in=demo).delete()
    # tasks that analysis made of its alerts belong to the alerts
    Task.objects.filter(customer__in=demo, source=Task.Source.CHURN_ALERT, created_by=None).delete()


def _adopt_what_is_needed(model: type[Record]) -> int:
    """Demo rows that a row of the user's own points at lose their mark, and so do the rows those point at."""
    needed: set[int] = set()
    for relation in model._meta.related_objects:
        child = relation.related_model
        if (
            not (relation.one_to_many or relation.one_to_one)
            or not isinstance(child, type)
            or "historical" in (child._meta.model_name or "")
        ):
            continue
        if child._meta.app_label not in {"customers", "interactions"}:
            continue
        foreign = relation.field.attname
        own = child._default_manager.filter(**{f"{foreign}__isnull": False})
        if issubclass(child, Record):
            own = own.exclude(batch__source=Batch.Source.DEMO)
        elif child is OrderLine:
            own = own.exclude(order__batch__source=Batch.Source.DEMO)
        elif child is DealLine:
            own = own.exclude(deal__batch__source=Batch.Source.DEMO)
        else:
            continue
        needed.update(_demo(model).filter(pk__in=own.values(foreign)).values_list("pk", flat=True))
    return model._default_manager.filter(pk__in=needed).update(batch=None) if needed else 0


def _delete_batch(model: type[Record]) -> int:
    ids = _demo(model).values("pk")
    SearchGram.objects.filter(kind=kinds.of(model).key, object_id__in=ids).delete()
    model.history.filter(id__in=ids).delete()  # type: ignore[attr-defined]
    if model is Order:
        OrderLine.objects.filter(order__in=ids)._raw_delete("default")
        _demo(Order).filter(return_of__isnull=False).update(return_of=None)
    if model is Deal:
        for part in (DealLine, DealPhase, DealMilestone):
            part._default_manager.filter(deal__in=ids)._raw_delete("default")  # type: ignore[attr-defined]
    if model is Interaction:
        Interaction.observations.through.objects.filter(interaction__in=ids)._raw_delete("default")
    if model is Customer:
        Customer.tags.through.objects.filter(customer__in=ids)._raw_delete("default")
        _remove_persons(ids)
        TradingRating.objects.filter(customer__in=ids)._raw_delete("default")
        _remove_privacy(ids)
    return _demo(model)._raw_delete("default")


def _remove_persons(customers: Any) -> None:
    """The persons in the accounts, and with them who of us knows whom."""
    persons = ContactPerson.objects.filter(customer__in=customers)
    ids = list(persons.values_list("pk", flat=True))
    SearchGram.objects.filter(kind="contact_person", object_id__in=ids).delete()
    ContactPerson.history.filter(id__in=ids).delete()
    persons.delete()


def _remove_privacy(customers: Any) -> None:
    """What the customers agreed to, and files that were made of their data."""
    for each in PersonalDataFile.objects.filter(customer__in=customers):
        each.path.unlink(missing_ok=True)
    for model in (Consent, Erasure, PersonalDataFile):
        model.objects.filter(customer__in=customers).delete()  # type: ignore[attr-defined]


def _remove_users() -> tuple[int, int]:
    """Demo users go; one whom a record of your own names is switched off instead."""
    removed = kept = 0
    for user in User.objects.filter(is_demo=True):
        SavedView.objects.filter(owner=user).delete()
        AccessLog.objects.filter(user=user).delete()
        try:
            with transaction.atomic():
                user.delete()
            removed += 1
        except models.ProtectedError:
            user.is_active, user.is_demo = False, False
            user.set_unusable_password()
            user.save()
            kept += 1
    return removed, kept


def _remove_tree(tree: type[Region] | type[Unit]) -> int:
    removed = 0
    for node in tree.objects.filter(is_demo=True).order_by("-path"):
        try:
            with transaction.atomic():
                node.delete()
            removed += 1
        except models.ProtectedError:
            node.is_demo = False
            node.save(update_fields=["is_demo"])
    return removed
