"""The company's own segments, by which every report whose rows belong to customers may be filtered.

A customer may be in several of them at once, so they split nothing: they are a filter, and what is compared.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import Dimension, Pairs, vocabulary

if TYPE_CHECKING:
    from crm.accounts.models import User

MEMBER_OF = "member_of"


def _segments(user: "User | None") -> Pairs:
    from analytics.segments.sizes import readable

    return [(each.code, each.name) for each in readable(user)]


vocabulary.add(Dimension(MEMBER_OF, _("Member of segment"), "customer_id", offered=_segments))
