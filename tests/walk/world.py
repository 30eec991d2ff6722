"""The company the walk goes through: two branches, one of each role in both, a record of each kind."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from analytics.models import Alert, Segment
from crm.accounts.models import ExchangeRate, Invitation, Region, Role, Unit, User
from crm.jobs.models import Job
from crm.records import notices, services, tokens
from crm.records.bulkedit.models import BulkChange
from crm.records.kinds import kinds
from crm.records.models import Attachment, CustomField, SavedView
from crm.records.webhooks.models import Webhook
from customers.duplicates import merging
from customers.models import CustomerRelation, DuplicatePair, PersonalDataFile
from interactions.models import (
    CaseMessage,
    DealMilestone,
    InboundMail,
    LevelPair,
    LostReason,
    NeedType,
    Observation,
    SavedReply,
    SpecialDay,
)
from interactions.work import calendar
from tests import factories

KEY_ACCOUNTS = {"all": [{"attribute": "relation_class", "op": "is", "value": "key"}]}
ANONYMOUS, STRANGER = "anonymous", "stranger"
KEEPERS = {"cost_entry": "manager_here"}  # of saved views of what sales representatives do not see
PASSWORD = "tea-leaves-and-rain"


@dataclass
class World:
    here: Unit
    away: Unit
    region_here: Region
    region_away: Region
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    deleted: dict[str, Any] = field(default_factory=dict)
    views: dict[str, SavedView] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    asking: str = "owner"  # who sends the form that is being filled

    def cookies(self, who: str) -> str:
        return "" if who == ANONYMOUS else f"{settings.SESSION_COOKIE_NAME}={self.sessions[who]}"

    @property
    def owner(self) -> User:
        return self.users["owner"]


def build() -> World:
    factories.a_company(name="Walking Company").logo.save("logo.png", _picture())
    top = factories.a_unit("top")
    coast = factories.a_region("world")
    world = World(
        here=factories.a_unit("here", parent=top),
        away=factories.a_unit("away", parent=top),
        region_here=factories.a_region("here", parent=coast),
        region_away=factories.a_region("away", parent=coast),
    )
    _people(world)
    _records(world)
    _things(world)
    _duplicates(world)
    return world


def _people(world: World) -> None:
    here = {"unit": world.here, "region": world.region_here, "password": PASSWORD}
    away = {"unit": world.away, "region": world.region_away, "password": PASSWORD}
    for name, role, places in (
        ("owner", Role.SALES_REP, here),
        ("rep_here", Role.SALES_REP, here),
        ("rep_away", Role.SALES_REP, away),
        ("agent_here", Role.SERVICE_AGENT, here),
        ("agent_away", Role.SERVICE_AGENT, away),
        ("manager_here", Role.MANAGER, here),
        ("manager_away", Role.MANAGER, away),
        ("executive", Role.EXECUTIVE, {"password": PASSWORD}),
        ("administrator", Role.ADMINISTRATOR, {"password": PASSWORD}),
        (STRANGER, None, here),
    ):
        user = world.users[name] = factories.a_user(role, username=name, **places)
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "crm.accounts.backends.SignInBackend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.create()
        world.sessions[name] = session.session_key


def _records(world: World) -> None:
    """Everything belongs to `owner`, in the unit and region `here`; products belong to nobody."""
    places = {"unit": world.here, "region": world.region_here}
    customer = factories.a_customer(name="Lotus Garden", type="organisation", owner=world.owner, **places)
    customer.email = "lotus@example.com"
    services.save(customer, user=None)
    product = factories.a_product(name="Green tea", number="TEA-1")
    of_customer = {"customer": customer, "staff": world.owner, **places}
    values: dict[str, dict[str, Any]] = {
        "customer": {"name": "Jade Mountain", "owner": world.owner, **places},
        "contact_person": {"customer": customer},
        "order": {**of_customer, "product": product, "lines": [(2, 50)]},
        "deal": {**of_customer, "stage": "won"},
        "contact": of_customer,
        "after_sales": of_customer,
        "stock_movement": {"product": product},
        "complaint": of_customer,
        "enquiry": of_customer,
        "task": of_customer,
        "need": of_customer,
        "request": of_customer,
        "cost_entry": {"staff": world.owner, "unit": world.here},
        "target": {"staff": world.owner, "unit": world.here},
    }
    for kind in kinds:
        given = values.get(kind.key, {})
        world.records[kind.key] = factories.a_record(kind.key, **given)
        gone = factories.a_record(kind.key, **given)
        world.deleted[kind.key] = services.delete(gone, user=world.owner)
        keeper = world.users[KEEPERS.get(kind.key, "owner")]
        world.views[kind.key] = SavedView.objects.create(kind=kind.key, name="Mine", owner=keeper)
    far = {"owner": world.users["rep_away"], "unit": world.away, "region": world.region_away}
    world.things |= {
        "customer": customer,
        "customer_away": factories.a_customer(name="Far Orchard", type="organisation", **far),
        "product": product,
    }


def _things(world: World) -> None:
    invitations = [
        Invitation.objects.create(
            email=f"guest{number}@example.com",
            role=Role.objects.get(code=Role.SALES_REP),
            invited_by=world.users["administrator"],
            expires_at=timezone.now() + timedelta(days=3),
        )
        for number in range(2)
    ]
    world.things |= {
        "invitation": invitations[0],
        "rate": ExchangeRate.objects.create(currency="EUR", valid_from="2024-01-01", rate="7.8"),
        "spare_unit": factories.a_unit("spare-unit"),
        "spare_region": factories.a_region("spare-region"),
        "spare_role": Role.objects.create(code="spare", name="Spare"),
        "closed_user": factories.a_user(username="closed", is_active=False),
        "alert": Alert.objects.create(
            customer=world.things["customer"], band="high", owner=world.owner, opened_on=date(2024, 1, 1)
        ),
        "segment": Segment.objects.create(name="Key", code="key", purpose="Known", rule=KEY_ACCOUNTS),
        "relation": CustomerRelation.objects.create(
            upper=world.records["customer"],
            lower=factories.a_customer(name="Branch", owner=world.owner, unit=world.here),
        ),
        "attachment": Attachment.objects.create(
            kind="customer",
            object_id=world.records["customer"].pk,
            file=ContentFile(b"%PDF-1.7", name="walk.pdf"),
            name="walk.pdf",
            size=8,
            format="pdf",
        ),
        "field": CustomField.objects.create(kind="customer", key="walked", name="Walked", type="text"),
        **_desk(world),
        "webhook": Webhook.objects.create(
            name="Walk", url="https://shop.example.com/", owner=world.users["administrator"], is_active=False
        ),
        **_deals(world),
        "level": LevelPair.objects.create(
            customer=world.things["customer"],
            level="working",
            staff=world.owner,
            person=world.records["contact_person"],
        ),
        "observation": Observation.objects.create(code="walked", name="Walked up and down"),
        "personal_data_file": _personal_data(world),
        "draft": factories.an_order(
            customer=world.things["customer"], staff=world.owner, unit=world.here, status="draft"
        ),
        "token": tokens.make_token(user=world.owner, name="Walk", days=None)[0],
        "notice": notices.tell(world.owner, "given", "/tasks/", what="Walk", by="Somebody"),
        "calendar": calendar.make_key(world.owner),
        "job": Job.objects.create(name="walk.nothing", user=world.owner),
        "bulk_change": BulkChange.objects.create(kind="customer", action="delete", user=world.owner, status="done"),
    }


def _desk(world: World) -> dict[str, Any]:
    failed = {"direction": "out", "state": "failed", "address": "lotus@example.com", "subject": "Hello"}
    return {
        **{
            f"failed_{kind}": CaseMessage.objects.create(**failed, **{kind: world.records[kind]})
            for kind in ("complaint", "enquiry")
        },
        "unfiled": InboundMail.objects.create(message_id="<walk@example.com>", result="unknown"),
        "special_day": SpecialDay.objects.create(on="2030-01-01", name="New Year"),
        "saved_reply": SavedReply.objects.create(name="Walking", language="en", text="Dear {customer}"),
    }


def _personal_data(world: World) -> PersonalDataFile:
    file = PersonalDataFile.objects.create(customer=world.records["customer"], finished_at=timezone.now())
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_bytes(b"PK")
    return file


def _deals(world: World) -> dict[str, Any]:
    deal = world.records["deal"]
    return {
        "milestone": DealMilestone.objects.create(deal=deal, name="Sample", due_on="2030-01-01"),
        "need_type": NeedType.objects.create(code="speed", name="Speed"),
        "lost_reason": LostReason.objects.create(code="walked", name="Walked away"),
    }


def _duplicates(world: World) -> None:
    """A pair, one that was dismissed, and a merge, all in the branch `here`."""
    places = {"owner": world.owner, "unit": world.here, "region": world.region_here}
    stays, goes, other = (factories.a_customer(name=f"Lantern {name}", **places) for name in ("Red", "Blue", "Green"))
    ids = sorted((world.things["customer"].pk, world.records["customer"].pk))
    world.things |= {
        "pair": DuplicatePair.objects.create(first_id=ids[0], second_id=ids[1], score=80, reasons=["name"]),
        "dismissed_pair": DuplicatePair.objects.create(first=stays, second=other, score=80, status="dismissed"),
        "merge": merging.merge(survivor=stays, duplicate=goes, user=world.users["manager_here"]),
    }


def _picture() -> ContentFile:
    kept = BytesIO()
    Image.new("RGB", (4, 4), "teal").save(kept, "PNG")
    return ContentFile(kept.getvalue())
