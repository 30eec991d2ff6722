import datetime

import pytest
from django.utils import timezone

from analytics.facts import engine
from analytics.facts.refresh import refresh
from crm.accounts.models import AccessRule, FieldRight, Region, Role, Sensitivity, Unit, User
from customers.models import Customer
from interactions.models import Complaint, OpinionType, Order
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
KINDS = ("customer", "order", "contact", "complaint", "enquiry")


def user(level: str, *, kinds: tuple[str, ...] = KINDS, **given) -> User:
    role = Role.objects.create(code=f"role-{Role.objects.count()}", name="Role")
    for kind in kinds:
        AccessRule.objects.create(role=role, kind=kind, view=level)
    return User.objects.create(username=f"user-{User.objects.count()}", role=role, **given)


def numbers(who: User | None, snapshot: str, table: str = "orders") -> set[str]:
    with engine.reader(snapshot, user=who) as facts:
        return {row["number"] for row in facts.rows(f"SELECT number FROM {table}")}


def test_an_order_reaches_the_facts():
    records.company()
    buyer = records.customer()
    records.order({"quantity": 3, "unit_price": "1.255"}, {"kind": "return", "quantity": -1}, customer=buyer)
    facts = engine.reader(refresh().id, user=None)
    assert facts.rows("SELECT customer_id, gross_amount, net_amount, is_purchase, month, week, hour FROM orders") == [
        {
            "customer_id": buyer.pk,
            "gross_amount": 377,
            "net_amount": -623,
            "is_purchase": True,
            "month": "2024-03",
            "week": "2024-W10",
            "hour": 10,
        }
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "DROP VIEW orders",
        "COPY orders TO '/tmp/x.csv'",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('*')",
        "SELECT * FROM customers_own",
        "SELECT * FROM live_order",
        "SELECT * FROM given_figures",
        "SELECT * FROM temp.orders",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM duckdb_tables()",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('customers_own')",
        "SELECT (SELECT count(*) FROM sqlite_master) FROM orders",
        "WITH a AS (SELECT * FROM secret) SELECT * FROM a",
        "SELECT * FROM orders UNION ALL SELECT * FROM hidden",
        "SELECT nonsense FROM WHERE",
        "ATTACH 'x.db'",
        "SET memory_limit = '9GB'",
        "PRAGMA database_list",
    ],
)
def test_only_one_select_over_the_facts_is_answered(sql):
    with engine.reader(refresh().id, user=None) as facts, pytest.raises(engine.NotAllowed):
        facts.rows(sql)


def test_joins_unions_and_kept_results_are_answered():
    records.company()
    records.order(customer=records.customer())
    with engine.reader(refresh().id, user=None) as facts:
        facts.keep("per_customer", "SELECT customer_id, sum(net_amount) AS amount FROM orders GROUP BY 1")
        sql = (
            "WITH known AS (SELECT customer_id FROM customers) SELECT p.amount FROM per_customer p JOIN known USING"
            " (customer_id) UNION ALL SELECT count(*) FROM order_lines WHERE month = $month"
        )
        assert sorted(row["amount"] for row in facts.rows(sql, {"month": "2024-03"})) == [1, 1000]
        with pytest.raises(ValueError, match="orders"):
            facts.keep("orders", "SELECT 1 AS a")


def test_values_are_bound_not_pasted():
    records.company()
    records.order(number="O-1")
    with engine.reader(refresh().id, user=None) as facts:
        assert facts.rows("SELECT number FROM orders WHERE number = ?", ["' OR 1 = 1 --"]) == []


class TestScope:
    @pytest.fixture
    def company(self):
        """Two regions, two departments, a rep in each; orders of every combination of owner and staff."""
        records.company()
        self.north, self.south = (Region.objects.create(code=code, name=code) for code in ("north", "south"))
        self.city = Region.objects.create(code="city", name="city", parent=self.north)
        self.sales, self.service = (Unit.objects.create(code=code, name=code) for code in ("sales", "service"))
        self.team = Unit.objects.create(code="team", name="team", parent=self.sales)
        self.rep = user(AccessRule.Scope.OWN)
        self.other = user(AccessRule.Scope.OWN)
        mine = records.customer(number="mine", owner=self.rep, unit=self.team, region=self.city)
        theirs = records.customer(number="theirs", owner=self.other, unit=self.service, region=self.south)
        records.order(number="mine-mine", customer=mine, staff=self.rep, unit=self.team, region=self.city)
        records.order(number="mine-theirs", customer=mine, staff=self.other, unit=self.service, region=self.south)
        records.order(number="theirs-mine", customer=theirs, staff=self.rep, unit=self.team, region=self.city)
        records.order(number="theirs-theirs", customer=theirs, staff=self.other, unit=self.service, region=self.south)
        records.order(number="nobody-nobody")
        records.order(number="nobody-mine", staff=self.rep)
        self.mine, self.theirs = mine, theirs
        past = timezone.now() - datetime.timedelta(days=1)
        for model in (Customer, Order):  # as if entered yesterday
            model.objects.update(created_at=past, modified_at=past)
        self.snapshot = refresh().id

    OWN = {"mine-mine", "mine-theirs", "theirs-mine", "nobody-mine"}
    EVERY = {*OWN, "theirs-theirs", "nobody-nobody"}

    def as_pages_say(self, who: User) -> set[str]:
        return set(Order.objects.visible_to(who).values_list("number", flat=True))

    def test_facts_and_pages_agree_at_every_level(self, company):
        readers = {
            "own": (self.rep, self.OWN),
            "unit": (user("unit", unit=self.sales), {"mine-mine", "mine-theirs", "theirs-mine"}),
            "region": (user("region", region=self.north), {"mine-mine", "mine-theirs", "theirs-mine"}),
            "all": (user("all"), self.EVERY),
            "none": (user("none"), set()),
            "no rule": (user("all", kinds=()), set()),
            "no region": (user("region"), set()),
        }
        for level, (who, expected) in readers.items():
            assert numbers(who, self.snapshot) == expected == self.as_pages_say(who), level
        assert numbers(None, self.snapshot) == self.EVERY

    def test_customers_lines_and_sums_are_within_the_same_scope(self, company):
        assert numbers(self.rep, self.snapshot, "customers") == {"mine"}
        with engine.reader(self.snapshot, user=self.rep) as facts:
            assert facts.value("SELECT count(*) FROM order_lines") == 4
            assert facts.value("SELECT sum(lines) FROM daily_sales") == 4
            assert facts.value("SELECT sum(net_amount) FROM daily_sales") == 4000
        with engine.reader(self.snapshot, user=user("all")) as facts:
            assert facts.value("SELECT sum(lines) FROM daily_sales") == 6

    def test_a_customer_given_away_is_gone_at_once(self, company):
        self.mine.owner = self.other
        self.mine.save()
        assert numbers(self.rep, self.snapshot) == {"mine-mine", "theirs-mine", "nobody-mine"}
        assert numbers(self.rep, self.snapshot, "customers") == set()
        assert numbers(self.other, self.snapshot, "customers") == {"mine", "theirs"}

    def test_an_order_given_away_is_gone_at_once(self, company):
        for number in ("theirs-mine", "nobody-mine"):
            order = Order.objects.get(number=number)
            order.staff = self.other
            order.save()
        assert numbers(self.rep, self.snapshot) == {"mine-mine", "mine-theirs"} == self.as_pages_say(self.rep)
        with engine.reader(self.snapshot, user=self.rep) as facts:
            assert facts.value("SELECT count(*) FROM order_lines") == 2

    def test_given_figures_are_within_the_scope(self, company):
        import pandas as pd

        from analytics.facts.contract import figures_columns

        rows = pd.DataFrame({"customer_id": [self.mine.pk, self.theirs.pk], "orders": [2, 3]})
        rows = rows.reindex(columns=list(figures_columns()))
        with engine.reader(self.snapshot, user=self.rep) as facts:
            found = facts.with_figures(rows).rows("SELECT customer_id, orders FROM figures")
        assert found == [{"customer_id": self.mine.pk, "orders": 2}]

    def test_the_receiving_department_sees_its_complaints(self, company):
        opinion = OpinionType.objects.first() or OpinionType.objects.create(name="Quality", code="quality")
        Complaint.objects.create(
            customer=self.theirs, title="Broken", opinion_type=opinion, receiving_unit=self.sales, number="CP-1"
        )
        snapshot = refresh().id
        for who, count in ((user("unit", unit=self.sales), 1), (user("unit", unit=self.team), 0)):
            with engine.reader(snapshot, user=who) as facts:
                assert facts.value("SELECT count(*) FROM complaints") == count

    def test_fields_that_the_reader_may_not_read_are_empty(self, company):
        Customer.objects.update(sex="female", birth_date="1980-01-01", city="Wuhan")
        snapshot = refresh(full=True).id
        who = user("all")
        FieldRight.objects.create(role=who.role, sensitivity=Sensitivity.PERSONAL, level=FieldRight.Level.MASKED)
        sql = "SELECT DISTINCT sex, birth_year, city FROM customers"
        with engine.reader(snapshot, user=who) as facts:
            assert facts.rows(sql) == [{"sex": None, "birth_year": None, "city": "Wuhan"}]
        who = user("all")
        FieldRight.objects.create(role=who.role, sensitivity=Sensitivity.PERSONAL, level=FieldRight.Level.READ)
        with engine.reader(snapshot, user=who) as facts:
            assert facts.rows(sql) == [{"sex": "female", "birth_year": 1980, "city": "Wuhan"}]
