import sqlite3
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from analytics.facts import engine, extract, store
from analytics.facts.contract import DIMENSIONS, TABLES
from analytics.facts.refresh import refresh
from analytics.facts.zones import local_sql, month_bounds, offset_changes
from interactions.models import Order
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts():
    def taken() -> engine.Reader:
        return engine.reader(refresh().id, user=None)

    return taken


def test_every_table_has_its_types_also_when_empty(facts):
    reader = facts()
    for name, columns in {**{each.name: each.columns for each in TABLES.values()}, **DIMENSIONS}.items():
        described = reader.connection.execute(f"DESCRIBE {reader._view(name)}").fetchall()
        assert {row[0]: row[1] for row in described} == columns, name


def test_every_column_has_its_type_when_all_are_null(facts):
    records.company()
    Order.objects.create(occurred_at=records.moment("2024-03-05"), number="O-1")
    reader = facts()
    described = reader.connection.execute(f"DESCRIBE {reader._view('orders')}").fetchall()
    assert {row[0]: row[1] for row in described} == TABLES["orders"].columns
    assert reader.rows("SELECT customer_id, staff_id, paid_on, net_amount, is_purchase FROM orders") == [
        {"customer_id": None, "staff_id": None, "paid_on": None, "net_amount": 0, "is_purchase": False}
    ]


def test_the_driver_reads_what_django_reads(tmp_path, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("copies a SQLite database")
    records.company()
    buyer = records.customer(birth_date="1980-02-03")
    records.order({"quantity": "5.25", "unit_price": "0.001"}, customer=buyer, at="2024-03-05 10:00:00.250")
    records.order({"quantity": 5, "unit_price": 5}, at="2024-03-06", paid_on="2024-04-01")
    with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        copy.executescript("\n".join(connection.connection.iterdump()))

    def read(source: extract.Source) -> dict[str, list]:
        return {
            table: source.stream(columns, extract.raw_sql(table)).read_all().to_pylist()
            for table, columns in extract.RAW.items()
            if table not in {"changed", "checks", "moments"}
        }

    through_django = read(extract.DjangoSource())
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "copy.sqlite3"))
    with extract._adbc() as source:
        assert read(source) == through_django


def test_orders_that_count_are_those_of_the_model():
    assert f"IN ('{Order.Status.CONFIRMED}', '{Order.Status.DELIVERED}')" in extract.COUNTED_ORDERS
    assert set(Order.COUNTED) == {Order.Status.CONFIRMED, Order.Status.DELIVERED}
    assert f"IN ('{Order.Status.CONFIRMED}', '{Order.Status.DELIVERED}')" in extract.raw_sql("orders")


def test_deleted_draft_and_cancelled_orders_are_in_no_fact(facts):
    records.company()
    records.order(number="counts")
    records.order(number="draft", status=Order.Status.DRAFT)
    records.order(number="cancelled", status=Order.Status.CANCELLED)
    records.order(number="deleted", deleted_at=records.moment("2024-05-01"))
    reader = facts()
    assert [row["number"] for row in reader.rows("SELECT number FROM orders")] == ["counts"]
    assert reader.value("SELECT count(*) FROM order_lines") == 1


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "cents"),
    [
        ("1", "0.001", "0", 0),
        ("5", "0.001", "0", 1),
        ("1", "1.005", "0", 101),
        ("-1", "1.005", "0", -101),
        ("3", "0.333", "0", 100),
        ("1", "10.01", "12.5", 876),
        ("3.333", "0.15", "0", 50),
        ("1000000", "12345.6789", "0", 1234567890000),
    ],
)
def test_amounts_are_rounded_half_up_to_the_cent(facts, quantity, price, discount, cents):
    records.company()
    records.order({"quantity": quantity, "unit_price": price, "discount": discount})
    assert facts().value("SELECT amount FROM order_lines") == cents


def test_costs_are_quantity_times_unit_cost(facts):
    records.company()
    records.order({"quantity": "3", "unit_price": 1, "unit_cost": "0.335"}, {"unit_price": 1})
    found = facts().rows("SELECT cost FROM order_lines ORDER BY line_id")
    assert [row["cost"] for row in found] == [101, None]


def test_an_order_is_the_sum_of_its_lines_in_cents(facts):
    records.company()
    records.order(*[{"quantity": 1, "unit_price": "0.004"}] * 3, {"kind": "return", "quantity": -1, "unit_price": 2})
    reader = facts()
    assert reader.rows("SELECT gross_amount, net_amount FROM orders") == [{"gross_amount": 0, "net_amount": -200}]
    assert reader.value("SELECT sum(amount) FROM order_lines") == -200


def test_foreign_orders_count_at_the_rate_of_their_day(facts):
    from crm.accounts.models import ExchangeRate

    records.company(currency="CNY", time_zone="Asia/Shanghai")
    ExchangeRate.objects.create(currency="USD", valid_from="2024-01-01", rate="7.1")
    ExchangeRate.objects.create(currency="USD", valid_from="2024-03-01", rate="7.25")
    line = {"quantity": 1, "unit_price": "10.01"}
    records.order(line, number="old", currency="USD", at="2024-02-29 15:59")
    records.order(line, number="new", currency="USD", at="2024-02-29 16:00")  # 1 March in Shanghai
    records.order(line, number="own", currency="CNY")
    records.order(line, number="early", currency="USD", at="2023-12-01")
    records.order(line, number="unknown", currency="EUR")
    reader = facts()
    amounts = {row["number"]: row["net_amount"] for row in reader.rows("SELECT number, net_amount FROM orders")}
    assert amounts == {"old": 7107, "new": 7257, "own": 1001}
    notes = [(note["code"], note["currency"], note["month"], note["orders"]) for note in reader.snapshot.notes]
    assert notes == [("missing_rate", "EUR", "2024-03", 1), ("missing_rate", "USD", "2023-12", 1)]


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/London", "2024-03-31 00:59", ("2024-03-31", 0, 7)),
        ("Europe/London", "2024-03-31 01:00", ("2024-03-31", 2, 7)),
        ("Europe/London", "2024-10-27 00:59", ("2024-10-27", 1, 7)),
        ("Europe/London", "2024-10-27 01:00", ("2024-10-27", 1, 7)),
        ("Asia/Shanghai", "2023-12-31 16:00", ("2024-01-01", 0, 1)),
        ("Asia/Kolkata", "2024-01-01 18:30", ("2024-01-02", 0, 2)),
        ("America/New_York", "2024-01-01 04:59", ("2023-12-31", 23, 7)),
    ],
)
def test_days_and_hours_are_those_of_the_company(facts, zone, moment, expected):
    records.company(time_zone=zone)
    records.order(at="2020-01-01")
    records.order(at="2026-01-01")
    records.order(at=moment, number="this")
    row = facts().rows("SELECT occurred_on, hour, weekday FROM orders WHERE number = 'this'")[0]
    assert (str(row["occurred_on"]), row["hour"], row["weekday"]) == expected


def test_calendar_columns_follow_iso(facts):
    records.company()
    records.order(at="2021-01-03 12:00")
    names = ("week", "month", "quarter", "year", "weekday")
    row = facts().rows(f"SELECT {', '.join(names)} FROM orders")[0]
    assert tuple(row.values()) == ("2020-W53", "2021-01", "2021-Q1", "2021", 7)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Asia/Shanghai", "America/Caracas"])
def test_changes_of_offset_agree_with_the_zone(zone):
    import datetime

    import duckdb

    start, end = records.moment("2005-01-01"), records.moment("2017-01-01")
    changes = offset_changes(ZoneInfo(zone), start, end)
    moments = [start + datetime.timedelta(hours=7 * n, minutes=13 * n % 60) for n in range(15_000)]
    moments += [change[0] + datetime.timedelta(seconds=n) for change in changes[1:] for n in (-1, 0, 1)]
    moments = [each for each in moments if each < end]
    values = ", ".join(f"(TIMESTAMP '{each:%Y-%m-%d %H:%M:%S}')" for each in moments)
    found = duckdb.connect().execute(f"SELECT {local_sql('t', changes)} FROM (VALUES {values}) v(t)").fetchall()
    assert [row[0] for row in found] == [each.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in moments]


def test_months_begin_at_local_midnight():
    assert [str(each) for each in month_bounds("2024-12", ZoneInfo("Asia/Shanghai"))] == [
        "2024-11-30 16:00:00+00:00",
        "2024-12-31 16:00:00+00:00",
    ]


def test_a_snapshot_that_is_gone_is_said_so():
    with pytest.raises(store.SnapshotMissing):
        engine.reader("20240101T000000-000000", user=None)
    with pytest.raises(store.SnapshotMissing):
        engine.reader("../../secret", user=None)
