"""What is planted in the demo company, so that its analyses have something true to find.

`docs/demo.md` lists these effects with the size they really have in the data that was made; `manage.py demo`
measures and prints them.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Size, seed and planted effects. Days count back from `until`, the last day with records."""

    until: datetime.date
    customers: int = 2_000
    seed: int = 7
    days: int = 3 * 365

    # seasons: quantities follow the month factors of names.CATEGORIES

    # a product with a quality fault: from then on many of its sales bring a complaint about quality
    fault_product: str = "Aurora lamp"
    fault_days: int = 300
    fault_complaint_share: float = 0.15
    complaint_share: float = 0.012

    # the service desk is behind: these shares of the cases of the last days still wait
    waiting_days: int = 16
    waiting_complaints: float = 0.45
    waiting_enquiries: float = 0.06

    # a region that slips: from then on this share of its orders does not come
    slipping_area: str = "south"
    slip_days: int = 270
    slip_share: float = 0.40

    # a sales representative who contacts too much: customers answer less and leave more often
    over_contacting_rep: str = "south.zhou"
    contacts_a_month: float = 0.35
    over_contacts_a_month: float = 2.4
    answered_share: float = 0.72
    over_answered_share: float = 0.38
    leave_after_order: float = 0.020
    over_leave_after_order: float = 0.075

    # customers who leave for a named competitor: contacts name it, then orders stop
    competitor_area: str = "west"
    competitor_share: float = 0.25
    competitor_from_days: int = 240
    competitor_to_days: int = 75

    # habits: staples that are bought again and again, tastes of groups, goods that go with or after one another
    staple_share: float = 0.6
    staple_line_share: float = 0.45
    taste_share: float = 0.25
    companions: tuple[tuple[str, str], ...] = (
        ("Hand grinder", "Yunnan single origin 500 g"),
        ("Gaiwan white porcelain", "Tieguanyin oolong 250 g"),
        ("Carbon steel wok 32 cm", "Spice jar set, 8"),
    )
    companion_share: float = 0.6
    followers: tuple[tuple[str, str], ...] = (
        ("Celadon tea set, 6 cups", "Longjing green tea 250 g"),
        ("Chef's knife 20 cm", "Chopping board Camphor"),
    )
    follower_share: float = 0.55

    def day(self, back: int) -> datetime.date:
        return self.until - datetime.timedelta(days=back)
