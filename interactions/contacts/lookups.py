"""The small tables of this room that relations point at."""

from crm.records.lookups import Lookup, register
from interactions.contacts.talk_models import Objection, ObjectionAnswer, Observation, TalkGuide

NAMES = ("name", "name_zh_hans", "name_zh_hant")

register(
    Lookup(
        "observation",
        Observation,
        is_small=True,
        sort="id",
        rows=lambda user: Observation.objects.filter(is_active=True),
    )
)
register(
    Lookup("objection", Objection, is_small=True, sort="id", rows=lambda user: Objection.objects.filter(is_active=True))
)
register(
    Lookup(
        "objection_answer",
        ObjectionAnswer,
        is_small=True,
        sort="code",
        rows=lambda user: ObjectionAnswer.objects.filter(is_active=True),
    )
)
register(
    Lookup(
        "talk_guide",
        TalkGuide,
        search=NAMES,
        is_small=True,
        sort="id",
        rows=lambda user: TalkGuide.objects.filter(is_active=True),
    )
)
