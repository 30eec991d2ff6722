import datetime
import json
from io import StringIO

import pytest
from django.core.management import call_command
from pyarrow import parquet

from analytics import snapshots
from analytics.facts import engine, store
from analytics.models import AnalysisSettings, CustomerFigures, Publication, Run, StageChange
from crm.jobs import services as jobs
from crm.jobs.context import JobLost
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


def rows_of(run: Run) -> list[dict]:
    found = CustomerFigures.objects.filter(run=run).order_by("customer_id").values()
    return [{name: value for name, value in row.items() if name not in {"id", "run_id"}} for row in found]


@pytest.fixture
def company():
    records.company()
    buyers = [records.customer(name=f"Buyer {n}") for n in range(6)]
    for n, buyer in enumerate(buyers):
        for month in range(1, 6):
            if month % (n + 1) == 0:
                records.order({"unit_price": 10 * (n + 1)}, customer=buyer, at=f"2024-0{month}-1{n}")
    return buyers


def test_a_second_run_says_the_same(company):
    first, second = snapshots.recompute(as_of=DAY), snapshots.recompute(as_of=DAY)
    assert second.pk > first.pk
    assert rows_of(first) == rows_of(second)
    assert Publication.current_run() == second


def test_a_past_day_knows_only_what_had_happened(company):
    run = snapshots.recompute(as_of=datetime.date(2024, 2, 29))
    found = CustomerFigures.objects.get(run=run, customer=company[0])
    assert (found.orders, found.last_on, found.recency_days) == (2, datetime.date(2024, 2, 10), 19)
    assert CustomerFigures.objects.get(run=run, customer=company[2]).orders == 0


def test_who_only_gave_back_has_money_but_no_scores():
    records.company()
    customer = records.customer()
    records.order({"kind": "return", "quantity": -1}, customer=customer, at="2024-05-01", type="return")
    run = snapshots.recompute(as_of=DAY)
    found = CustomerFigures.objects.get(run=run, customer=customer)
    assert (found.orders, found.frequency, found.monetary_value, found.r_score) == (0, 0, -1000, None)
    assert (found.first_on, found.average_order_value, found.abc_class) == (None, None, "")


def test_an_empty_company_is_published_and_says_so():
    run = snapshots.recompute(as_of=DAY)
    assert (run.status, run.customers, run.orders) == (Run.Status.FINISHED, 0, 0)
    assert {"analysis": "rfm", "code": "no_customers"} in run.summary["notes"]
    assert snapshots.data_as_of().as_of == DAY


def test_settings_move_the_limits(company):
    before = snapshots.recompute(as_of=DAY)
    AnalysisSettings.objects.create(values={"churn": {"medium_ratio": 0.1, "high_ratio": 0.2}})
    after = snapshots.recompute(as_of=DAY)
    risks = [
        set(CustomerFigures.objects.filter(run=run).values_list("churn_risk", flat=True)) for run in (before, after)
    ]
    assert risks[0] != risks[1]
    assert "high" in risks[1]


def test_unchanged_data_needs_no_new_run(company):
    first = snapshots.recompute(as_of=DAY)
    assert snapshots.recompute(as_of=DAY, only_if_changed=True) == first
    assert snapshots.recompute(as_of=datetime.date(2024, 6, 2), only_if_changed=True) != first
    latest = Publication.current_run()
    records.order(customer=company[0], at="2024-05-30")
    again = snapshots.recompute(as_of=latest.as_of, only_if_changed=True)
    assert again.pk > latest.pk


def test_an_overtaken_run_is_thrown_away(company):
    def overtaken(context: snapshots.RunContext) -> None:
        if Run.objects.count() == 1:
            snapshots.recompute(as_of=DAY)

    stage = snapshots.register(snapshots.Stage("overtaken", overtaken))
    try:
        first = snapshots.recompute(as_of=DAY)
    finally:
        snapshots.stages.remove(stage)
    assert first.status == Run.Status.SUPERSEDED
    assert Publication.current_run().pk == first.pk + 1
    assert not CustomerFigures.objects.filter(run=first).exists()


def test_a_failure_leaves_the_run_before(company):
    first = snapshots.recompute(as_of=DAY)

    def fail(context: snapshots.RunContext, found: object) -> None:
        raise RuntimeError("half way")

    stage = snapshots.register(snapshots.Stage("failing", lambda context: None, fail))
    try:
        with pytest.raises(RuntimeError, match="half way"):
            snapshots.recompute(as_of=DAY)
    finally:
        snapshots.stages.remove(stage)
    assert Publication.current_run() == first
    failed = Run.objects.exclude(pk=first.pk).get()
    assert failed.status == Run.Status.FAILED
    snapshots.sweep_up()
    assert not CustomerFigures.objects.filter(run=failed).exists()


def test_a_dead_run_is_swept_up_and_a_living_one_is_not(company):
    dead, living = Run.objects.create(as_of=DAY), Run.objects.create(as_of=DAY)
    for run in (dead, living):
        CustomerFigures.objects.create(run=run, customer=company[0])
    folder = store.root() / "building" / f"run-{dead.pk}"
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    with store.workplace(f"run-{living.pk}"):
        assert snapshots.sweep_up() == 1
    dead.refresh_from_db()
    living.refresh_from_db()
    assert (dead.status, living.status) == (Run.Status.FAILED, Run.Status.RUNNING)
    assert list(CustomerFigures.objects.values_list("run_id", flat=True)) == [living.pk]


def test_only_the_last_runs_keep_their_figures(company):
    runs = [snapshots.recompute(as_of=DAY) for _ in range(snapshots.KEPT_RUNS + 2)]
    kept = CustomerFigures.objects.order_by("run_id").values_list("run_id", flat=True).distinct()
    assert list(kept) == [run.pk for run in runs[-snapshots.KEPT_RUNS :]]


def test_a_move_between_stages_is_kept_once_a_day(company):
    snapshots.recompute(as_of=datetime.date(2024, 5, 12))
    later = datetime.date(2025, 9, 1)
    snapshots.recompute(as_of=later)
    moved = StageChange.objects.filter(on=later)
    assert set(moved.values_list("to_stage", flat=True)) == {"lost"}
    count = moved.count()
    snapshots.recompute(as_of=later)
    assert StageChange.objects.count() == count > 0


def test_stages_see_the_figures_and_give_the_members(company):
    def members(context: snapshots.RunContext) -> list[int]:
        import pyarrow as pa

        found = [row["customer_id"] for row in context.facts.rows("SELECT customer_id FROM figures WHERE orders > 2")]
        context.members = pa.table({"segment_id": [7] * len(found), "customer_id": found})
        return found

    published = []
    stage = snapshots.register(snapshots.Stage("members", members, lambda context, found: published.append(found)))
    try:
        snapshots.recompute(as_of=DAY)
    finally:
        snapshots.stages.remove(stage)
    assert published == [[company[0].pk]]
    with engine.reader(user=None) as facts:
        assert facts.rows("SELECT segment_id, customer_id FROM members") == [
            {"segment_id": 7, "customer_id": company[0].pk}
        ]


def test_the_job_recomputes_and_is_asked_for_once(company):
    first, second = snapshots.request_recompute(as_of=DAY), snapshots.request_recompute(as_of=DAY)
    assert first == second
    jobs.run_waiting()
    first.refresh_from_db()
    assert first.result["as_of"] == "2024-06-01"
    assert Publication.current_run().pk == first.result["run"]


def test_a_claim_that_was_taken_over_publishes_nothing(company):
    class Lost:
        def progress(self, *args: object) -> None:
            pass

        def assert_mine(self) -> None:
            raise JobLost("taken over")

    with pytest.raises(JobLost):
        snapshots.recompute(as_of=DAY, job=Lost())
    assert Publication.current_run() is None


def test_the_command_prints_its_summary_on_the_last_line(company):
    out = StringIO()
    call_command("recompute", "--as-of", "2024-06-01", "--json", stdout=out)
    found = json.loads(out.getvalue().strip().splitlines()[-1])
    assert (found["as_of"], found["customers"], found["orders"]) == ("2024-06-01", 6, 10)
    assert {"facts", "statistics", "rfm", "figures", "publish"} <= set(found["seconds"])


def test_figures_of_an_earlier_release_read_as_empty_where_they_knew_less(company):
    run = snapshots.recompute(as_of=DAY)
    (file,) = store.load(run.facts).files("figures")
    parquet.write_table(parquet.read_table(file).drop(["probability_alive", "predicted_value"]), file)
    engine._columns_of.cache_clear()
    with engine.reader(run.facts, user=None) as facts:
        assert facts.rows(
            "SELECT count(*) AS n, count(probability_alive) AS known, sum(orders) AS orders FROM figures"
        ) == [{"n": 6, "known": 0, "orders": 10}]
