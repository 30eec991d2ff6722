import datetime

import pytest

from analytics import snapshots
from analytics.facts import engine
from analytics.models import CustomerFigures, Publication, Run
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 6, 1)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FACTS_DIR = tmp_path / "facts"


def test_a_recompute_publishes_figures():
    records.company()
    buyer, prospect = records.customer(), records.customer()
    records.order({"unit_price": "100"}, customer=buyer, at="2024-05-01")
    records.order({"unit_price": "50"}, customer=buyer, at="2024-05-20")
    run = snapshots.recompute(as_of=DAY)
    assert Publication.current_run() == run
    assert (run.status, run.customers, run.orders) == (Run.Status.FINISHED, 2, 2)
    found = CustomerFigures.objects.get(run=run, customer=buyer)
    assert (found.frequency, found.monetary_value, found.recency_days) == (2, 15000, 12)
    assert (found.first_on, found.last_on) == (datetime.date(2024, 5, 1), datetime.date(2024, 5, 20))
    never = CustomerFigures.objects.get(run=run, customer=prospect)
    assert (never.orders, never.recency_days, never.r_score, never.rfm_segment) == (0, None, None, "")
    with engine.reader(user=None) as facts:
        assert facts.value("SELECT sum(monetary_value) FROM figures") == 15000
