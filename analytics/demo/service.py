"""Make the demo company. Everything made hangs on one Batch, or carries `is_demo`."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.demo import company as demo_company
from analytics.demo import names, texts
from analytics.demo.plan import Plan
from analytics.demo.removal import remove
from analytics.demo.writing import Tell, Writer
from analytics.models import Segment, SegmentVersion
from crm.accounts.models import User
from crm.records.models import Batch
from customers.models import Customer

__all__ = ["DemoExists", "create", "exists", "is_empty", "remove"]


class DemoExists(Exception):
    """There is a demo company already."""


def exists() -> bool:
    return Batch.objects.filter(source=Batch.Source.DEMO).exists()


def is_empty() -> bool:
    """Neither users nor customers: nothing that a demo company could get mixed up with."""
    return not User.objects.exists() and not Customer.objects.exists()


def create(plan: Plan, *, tell: Tell = lambda _text: None) -> dict[str, Any]:
    """Fill the database with the demo company of `plan`; what was made, with the planted effects as they came out."""
    if exists():
        raise DemoExists(_("The demo company is already here. Remove it first: manage.py demo --remove"))
    batch = Batch.objects.create(source=Batch.Source.DEMO, summary={"seed": plan.seed, "until": str(plan.until)})
    with transaction.atomic():
        house = demo_company.build(batch, plan.day(plan.days - 1))
    from analytics.demo import records  # numpy, only here

    rep_position = {person[0]: position for position, person in enumerate(names.PEOPLE)}
    draft = records.draw(
        plan, reps_by_area=house.reps_by_area(), over_contacting=rep_position[plan.over_contacting_rep]
    )
    writer = Writer(plan, batch, house, draft, tell)
    writer.write_all()
    _segments(house)
    batch.summary |= {"made_company": house.made_company, **writer.counts, "effects": writer.effects()}
    batch.finished_at = timezone.now()
    batch.save()
    return batch.summary


def _segments(house: demo_company.DemoCompany) -> None:
    manager = next(user for user in house.users if user.username == "manager")
    for code, name, purpose, rule in texts.SEGMENTS:
        segment = Segment.objects.create(
            code=f"demo-{code}", name=name, purpose=purpose, rule=rule, owner=manager, is_demo=True
        )
        SegmentVersion.objects.create(segment=segment, version=1, rule=rule, saved_by=manager)
