"""Who somebody may already be, as far as the one who asks may know it.

Only fields that the asker reads in full are compared, so no answer tells anything of a masked value. A customer outside
of what the asker may see is never named; that there is one is said only where number, e-mail or tax number is the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.jobs import services as jobs
from crm.records.duplicates import Candidate
from customers.duplicates import keys
from customers.duplicates.models import DuplicateKey, DuplicatePair
from customers.duplicates.scoring import LIKELY, Identity, Match, identity, match

KEYS_JOB = "customers.index_duplicate_keys"
MOST_PER_KEY = 60  # whoever shares a value with more than so many shares nothing that tells
MOST_SHOWN = 5
STRONG = frozenset({"phone", "email", "tax"})
KEYS_AT_ONCE = 500
Both = tuple[Identity, Identity]
SENSITIVITIES = ("contact", "personal", "identity")


def candidates(
    rows: Sequence[Mapping[str, Any]], user: User | None, customer: Any, *, least: int = LIKELY, outside: bool = True
) -> list[list[Candidate]]:
    """Per row of values the customers it may be, the likeliest first.

    customer: the one whose values they are, when it exists already;  least: the lowest score that counts
    outside: whether it is said that there is somebody outside of the reader's scope
    """
    hidden = unreadable(user)
    asked = [_either_way(row, hidden) for row in rows]
    wanted = [list(dict.fromkeys([*keys.of(person), *keys.of(organisation)])) for person, organisation in asked]
    holders = _holders({value for values in wanted for value in values})
    known = _known({pk for pks in holders.values() for pk in pks})
    visible = _visible(known, user)
    dismissed = _dismissed(customer)
    earlier: dict[str, list[int]] = defaultdict(list)
    found = []
    for place, values in enumerate(wanted):
        near = {pk for value in values for pk in holders.get(value, ())} - dismissed
        found.append(
            _of_row(asked[place], {pk: known[pk] for pk in near if pk in known}, visible, hidden, least, outside)
        )
        if len(rows) > 1:
            found[-1] += _among_rows(place, asked, {row for value in values for row in earlier[value]}, least)
            for value in values:
                if len(earlier[value]) < MOST_PER_KEY:
                    earlier[value].append(place)
    return found


def check(rows: Sequence[Mapping[str, Any]], user: User | None, record: Any) -> list[list[Candidate]]:
    """What forms, API and imports ask."""
    index_new()
    return candidates(rows, user, record)


def index_new() -> None:
    """Have customers that were written in bulk be found: a few at once, many by a job."""
    if keys.catch_up() == keys.BATCH:
        jobs.enqueue(KEYS_JOB, key="all")


def unreadable(user: User | None) -> frozenset[str]:
    """The privacy classes of customers that the user may not compare."""
    return frozenset(each for each in SENSITIVITIES if not access.may_read_fully("customer", each, user))


def words(reasons: Sequence[str]) -> tuple[str, ...]:
    told = {
        "phone": _("same phone"),
        "email": _("same e-mail"),
        "tax": _("same tax or ID number"),
        "address": _("same address"),
        "birth_date": _("same birth date"),
        "name": _("similar name"),
    }
    return tuple(told[each] for each in reasons if each in told)


def _either_way(values: Mapping[str, Any], hidden: frozenset[str]) -> Both:
    """The values read as those of a person and of an organisation: the type is easily left as it was."""
    given = {name: values[name] for name in keys.FIELDS if values.get(name) not in (None, "")}
    given.setdefault("country", Company.objects.current().currency[:2])  # where numbers without a code belong
    return tuple(identity(**{**given, "type": each}).without(hidden) for each in ("person", "organisation"))  # type: ignore[return-value]


def _holders(wanted: set[str]) -> dict[str, list[int]]:
    """Ids of the customers that hold each key; none where too many do."""
    found: dict[str, list[int]] = defaultdict(list)
    ordered = sorted(wanted)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        held = DuplicateKey.objects.filter(value__in=ordered[start : start + KEYS_AT_ONCE]).order_by()
        counts = held.values_list("value").annotate(holders=Count("id"))
        telling = [value for value, holders in counts if holders <= MOST_PER_KEY]
        if telling:
            rows = DuplicateKey.objects.filter(value__in=telling).order_by()
            for value, pk in rows.values_list("value", "customer_id"):
                found[value].append(pk)
    return found


def _known(ids: set[int]) -> dict[int, Any]:
    from customers.models import Customer

    found: dict[int, Any] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        rows = Customer.objects.kept().filter(pk__in=ordered[start : start + KEYS_AT_ONCE]).select_related("owner")
        found |= {each.pk: each for each in rows}
    return found


def _visible(known: Mapping[int, Any], user: User | None) -> set[int]:
    from customers.models import Customer

    if user is None or access.scope("customer", user).is_everything:
        return set(known)
    found: set[int] = set()
    ordered = sorted(known)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        rows = Customer.objects.visible_to(user).filter(pk__in=ordered[start : start + KEYS_AT_ONCE])
        found |= set(rows.order_by().values_list("pk", flat=True))
    return found


def _dismissed(customer: Any) -> set[int]:
    """Those of whom somebody has said that they are not this customer, and the customer itself."""
    if customer is None or not customer.pk:
        return set()
    decided = DuplicatePair.objects.filter(status=DuplicatePair.Status.DISMISSED)
    others = set(decided.filter(first=customer.pk).values_list("second_id", flat=True))
    return {customer.pk} | others | set(decided.filter(second=customer.pk).values_list("first_id", flat=True))


def _of_row(
    asked: Both, near: Mapping[int, Any], visible: set[int], hidden: frozenset[str], least: int, outside: bool
) -> list[Candidate]:
    found: list[tuple[Any, Match]] = []
    is_known_outside = False
    for pk, other in near.items():
        theirs = keys.identity_of(other).without(hidden)
        made = match(asked[theirs.is_organisation], theirs)
        if made.score < least or not made.reasons:
            continue
        if pk in visible:
            found.append((other, made))
        elif outside and STRONG & set(made.reasons):
            is_known_outside = True
    found.sort(key=lambda each: (-each[1].score, each[0].pk))
    shown = [_candidate(made, record=record) for record, made in found[:MOST_SHOWN]]
    return [*shown, Candidate(None, 0)] if is_known_outside else shown


def _among_rows(place: int, asked: Sequence[Both], rows: set[int], least: int) -> list[Candidate]:
    one = asked[place]
    found = [
        (row, max((match(*both) for both in zip(one, asked[row], strict=True)), key=_score)) for row in sorted(rows)
    ]
    return [_candidate(made, row=row) for row, made in found if made.score >= least][:MOST_SHOWN]


def _score(made: Match) -> int:
    return made.score


def _candidate(made: Match, *, record: Any = None, row: int | None = None) -> Candidate:
    return Candidate(record, made.score, made.reasons, words(made.reasons), row)
