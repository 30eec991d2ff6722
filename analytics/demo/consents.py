"""What the customers of the demo company agreed to: most of them to mail, some to calls, and a few changed their mind."""

from typing import TYPE_CHECKING, Any

from crm.records import bulk
from customers.models import Channel, Consent

if TYPE_CHECKING:
    from analytics.demo.writing import Writer

# channel, purpose, how many of a thousand said yes on joining, how many of those took it back, how it was said
SAID = (
    ("email", "marketing", 580, 90, "website"),
    ("phone", "marketing", 210, 150, "conversation"),
    ("post", "marketing", 120, 40, "contract"),
    ("email", "survey", 330, 60, "website"),
)
AGAINST = ("phone", "survey", 35, "conversation")  # never asked, but said that they do not want it


def statements(writer: "Writer") -> list[tuple[int, str, str, str, int, str]]:
    """(row of the customer, channel, purpose, state, days after joining, how it was said), oldest first."""
    drawn = writer.draft.customers
    draws = drawn["name_draw"][:, 2].tolist()
    found = []
    for row, draw in enumerate(draws):
        known = writer.plan.days - 1 - int(drawn["start"][row])
        for place, (channel, purpose, share, taken_back, source) in enumerate(SAID):
            dice = draw // 7 ** (place + 1)
            if dice % 1_000 >= share:
                continue
            found.append((row, channel, purpose, "given", 0, source))
            if dice // 1_000 % 1_000 < taken_back and known > 30:
                found.append((row, channel, purpose, "withdrawn", 30 + dice % (known - 29), "link"))
        channel, purpose, share, source = AGAINST
        if draw // 5 % 1_000 < share:
            found.append((row, channel, purpose, "withdrawn", 0, source))
    return found


def holding(writer: "Writer", count: int) -> list[dict[str, list[str]]]:
    """Customer by customer what holds: purpose -> ["email:given", …]."""
    latest: list[dict[tuple[str, str], str]] = [{} for _row in range(count)]
    for row, channel, purpose, state, _after, _source in statements(writer):
        latest[row][purpose, channel] = state
    found: list[dict[str, list[str]]] = []
    for held in latest:
        one: dict[str, list[str]] = {}
        for (purpose, channel), state in sorted(held.items()):
            one.setdefault(purpose, []).append(f"{channel}:{state}")
        found.append(one)
    return found


def write(writer: "Writer") -> int:
    np, said = writer.np, statements(writer)
    if not said:
        return 0
    drawn = writer.draft.customers
    channels = dict(Channel.objects.values_list("code", "pk"))
    rows, codes, purposes, states, after, sources = (list(column) for column in zip(*said, strict=True))
    days = np.minimum(drawn["start"][rows] + np.array(after), writer.plan.days - 1)
    moments: Any = writer.moments(days, np.full(len(rows), 10 * 60))
    return bulk.append(
        Consent,
        {
            "customer_id": writer.customer_ids[rows],
            "channel_id": [channels[code] for code in codes],
            "purpose": purposes,
            "state": states,
            "at": moments,
            "source": sources,
            "recorded_at": moments,
            "recorded_by_id": writer.user_ids[drawn["rep"][rows]],
        },
    )


__all__ = ["holding", "write"]
