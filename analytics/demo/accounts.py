"""The persons in the demo company's largest accounts, who of us knows them, and the plan of contacts by month.

Drawn from a stream of its own, so that everything else stays as it was for the same seed.
"""

import datetime
from typing import Any

from analytics.demo import names
from crm.accounts.models import Role
from crm.records import bulk
from crm.records.models import Sequence, numbered
from customers.models import ContactPerson, Customer
from interactions.contacts.models import ContactPlan, Interaction
from interactions.knowledge.models import LevelPair

STREAM = 11
ACCOUNTS = 40  # the same that have ratings
LEVELS = (
    # level, position in English and Chinese, part in decisions, how often we know one
    ("executive", "General manager", "总经理", "decision", 0.5),
    ("manager", "Head of purchasing", "采购经理", "business", 0.8),
    ("working", "Buyer", "采购专员", "user", 0.95),
)
ATTITUDES = ("positive", "neutral", "negative")
PLAN_MONTHS_BACK = 5  # and the month that runs, and the next
PLANNED_SHARE = {"key": 0.9, "organisational": 0.6, "ordinary": 0.25}  # of the customers of a class


def write_persons(writer: Any) -> int:
    """A person at each level of the largest firms, and the pairs of those whom somebody of us knows."""
    np, plan, drawn = writer.np, writer.plan, writer.draft.customers
    random = np.random.default_rng((plan.seed, STREAM))
    firms = np.flatnonzero(drawn["is_firm"])
    largest = firms[np.argsort(-drawn["scale"][firms], kind="stable")][:ACCOUNTS]
    rows: list[dict[str, Any]] = []
    pairs: list[tuple[int, str, int]] = []  # place of the person in `rows`, level, our person
    for place in largest.tolist():
        is_english = bool(drawn["in_english"][place])
        for level, english, chinese, part, known in LEVELS:
            draw = random.random(4)
            given = names.SURNAMES[int(draw[0] * len(names.SURNAMES))] + names.GIVEN[int(draw[1] * len(names.GIVEN))]
            rows.append(
                {
                    "customer_id": int(writer.customer_ids[place]),
                    "name": names.FIRST[int(draw[0] * len(names.FIRST))] if is_english else given,
                    "position": english if is_english else chinese,
                    "buying_role": part,
                    "attitude": ATTITUDES[int(draw[2] ** 2 * len(ATTITUDES))],
                    "is_key_person": level == "executive",
                }
            )
            if draw[3] < known:
                pairs.append((len(rows) - 1, level, _our_person(writer, level, int(drawn["rep"][place]))))
    if not rows:
        return 0
    first_id = bulk.next_id(ContactPerson)
    first = Sequence.take(ContactPerson.NUMBER_PREFIX, len(rows))
    moment = writer.moments(np.full(len(rows), plan.days // 2), np.full(len(rows), 10 * 60))
    shared = {
        "id": list(range(first_id, first_id + len(rows))),
        "number": [numbered(ContactPerson.NUMBER_PREFIX, first + place) for place in range(len(rows))],
        "created_at": moment,
        "modified_at": moment,
        "version": 1,
        "batch_id": writer.batch.pk,
    }
    bulk.append(ContactPerson, shared | {key: [row[key] for row in rows] for key in rows[0]})
    if pairs:
        bulk.append(
            LevelPair,
            {
                "customer_id": [rows[place]["customer_id"] for place, _level, _user in pairs],
                "level": [level for _place, level, _user in pairs],
                "staff_id": [user for _place, _level, user in pairs],
                "person_id": [first_id + place for place, _level, _user in pairs],
            },
        )
    _talked_to(writer, rows, pairs, first_id)
    bulk.reset_sequences(ContactPerson, LevelPair)
    return len(rows)


def write_plan(writer: Any) -> int:
    """How many customers of each class are to be contacted, for the last months, this one and the next."""
    until: datetime.date = writer.plan.until
    own = Customer.objects.filter(batch=writer.batch, lost_on__isnull=True)
    counts = {code: own.filter(relation_class=code).count() for code in PLANNED_SHARE}
    planned = []
    for back in range(PLAN_MONTHS_BACK, -2, -1):
        number = until.year * 12 + until.month - 1 - back
        month = datetime.date(number // 12, number % 12 + 1, 1)
        known = set(ContactPlan.objects.filter(month=month).values_list("relation_class", flat=True))
        for code, share in PLANNED_SHARE.items():
            if code not in known:  # a plan of your own stays
                planned.append(ContactPlan(month=month, relation_class=code, planned=round(counts[code] * share)))
    made = ContactPlan.objects.bulk_create(planned)
    writer.batch.summary["contact_plans"] = [each.pk for each in made]
    return len(made)


def _our_person(writer: Any, level: str, rep: int) -> int:
    """Executives know executives, branch managers managers, the representative who buys."""
    people = writer.house.users
    wanted = {"executive": Role.EXECUTIVE, "manager": Role.MANAGER}.get(level)
    unit = people[rep].unit_id
    of_role = [user for user in people if user.role.code == wanted] if wanted else []
    beside = [user for user in of_role if user.unit_id == unit] or of_role
    return int((beside[0] if beside else people[rep]).pk)


def _talked_to(writer: Any, rows: list[dict[str, Any]], pairs: list[tuple[int, str, int]], first_id: int) -> None:
    """The contacts of the representative with such an account were with the buyer."""
    for place, level, user in pairs:
        if level == "working":
            contacts = Interaction.objects.filter(customer=rows[place]["customer_id"], staff=user, batch=writer.batch)
            contacts.update(person=first_id + place)
