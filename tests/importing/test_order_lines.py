"""Order lines from files: every line counted once, nothing lost, nothing twice."""

import csv
import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

from crm.accounts.models import Company, Region
from crm.records.importing import FileRefused, ImportSummary, run_import
from crm.records.models import Batch, SearchGram
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "files"
LINES = FILES / "invoice_lines.csv"
HEADING, *ROWS = LINES.read_text().splitlines()
CLASSES = {
    "correction": (2, "0"),
    "cancelled_fee": (2, "-32.50"),
    "return": (2, "-30.90"),
    "negative_quantity": (1, "0"),
    "price_zero_or_below": (2, "0"),
    "fee": (4, "133.001"),
    "sale_without_customer": (1, "23.85"),
    "sale": (11, "206.63"),
}


def take(path: Path = LINES, **options: object) -> ImportSummary:
    options.setdefault("preset", "online-retail")
    return run_import("order-lines", path, **options)  # type: ignore[arg-type]


def written(folder: Path, *rows: str, heading: str = HEADING, encoding: str = "utf-8") -> Path:
    path = folder / "lines.csv"
    path.write_bytes("\n".join([heading, *rows, ""]).encode(encoding))
    return path


def test_each_line_is_counted_once_in_the_first_class_that_fits() -> None:
    summary = take()
    assert summary.rows == 25
    assert summary.classes == {name: count for name, (count, _amount) in CLASSES.items()}
    assert summary.amounts == {name: Decimal(amount) for name, (_count, amount) in CLASSES.items()}
    assert summary.created == {"regions": 7, "customers": 7, "products": 14, "orders": 18, "lines": 25}
    assert (summary.errors, summary.existing) == (0, 0)
    assert OrderLine.objects.count() == 25


def test_lines_count_as_what_they_are() -> None:
    take()
    kinds = dict(OrderLine.objects.values_list("order__number", "kind"))
    assert kinds["A563185"] == "correction"
    assert kinds["536370"] == "adjustment"
    assert kinds["536371"] == kinds["536372"] == "free"
    assert kinds["C536369"] == "cancelled_fee"
    assert kinds["C536377"] == "return"
    assert kinds["536374"] == kinds["536375"] == "fee"
    assert kinds["536376"] == "sale"
    assert Order.objects.get(number="A563186").type == Order.Type.CORRECTION
    assert Order.objects.get(number="C536368").type == Order.Type.RETURN


def test_orders_carry_their_gross_and_net_amount_and_their_first_time() -> None:
    take()
    order = Order.objects.get(number="536367")
    assert (order.gross_amount, order.net_amount) == (Decimal("115.50"), Decimal("115.50"))
    assert order.occurred_at == datetime.datetime(2010, 12, 1, 8, 34, tzinfo=datetime.UTC)
    back = Order.objects.get(number="C536368")
    assert (back.gross_amount, back.net_amount) == (Decimal("0.00"), Decimal("-20.00"))
    assert Order.objects.get(number="536365").gross_amount == Decimal("77.98")  # its lines stand apart in the file
    assert Order.objects.get(number="536376").net_amount == Decimal("1.00")


def test_exact_duplicates_and_prices_of_a_tenth_of_a_penny_are_kept() -> None:
    take()
    twice = OrderLine.objects.filter(order__number="536365", product__number="71053")
    assert [line.amount for line in twice] == [Decimal("20.34")] * 2
    assert twice[0].description == 'LANTERN, "METAL"'
    assert OrderLine.objects.get(product__number="16045").unit_price == Decimal("0.001")


def test_wall_time_of_london_is_stored_in_utc() -> None:
    take()
    assert Order.objects.get(number="536379").occurred_at == datetime.datetime(2011, 4, 30, 23, 10, tzinfo=datetime.UTC)
    company = Company.objects.get()
    assert (company.time_zone, company.currency) == ("Europe/London", "GBP")
    assert Customer.objects.get(number="15000").became_customer_on == datetime.date(2011, 12, 9)


def test_a_company_with_orders_of_its_own_keeps_its_zone_and_currency() -> None:
    Company.objects.create(name="Ours", time_zone="Asia/Shanghai", currency="GBP")
    Order.objects.create(number="O-1", customer=a_customer())
    summary = take()
    assert Company.objects.get().time_zone == "Asia/Shanghai"
    assert "Asia/Shanghai" in summary.notes[0]
    assert Order.objects.get(number="536379").occurred_at == datetime.datetime(2011, 4, 30, 23, 10, tzinfo=datetime.UTC)


def test_customers_have_their_number_country_and_region() -> None:
    take()
    found = {each.number: (str(each.country), each.region.name) for each in Customer.objects.select_related("region")}
    assert found["17850"] == ("GB", "United Kingdom")
    assert found["12583"] == ("IE", "Ireland")
    assert found["14527"] == ("US", "United States of America")  # moved from South Africa: the last order counts
    assert found["13098"] == ("", "European Community")
    assert Order.objects.get(number="536375").region.name == "Channel Islands"
    assert Order.objects.get(number="C536369").country == "ZA"
    assert Region.objects.get(code="ie").name_zh_hans == "爱尔兰"
    assert Order.objects.filter(customer=None).count() == 5


def test_known_regions_of_a_country_are_used_again() -> None:
    ours = Region.objects.create(code="uk", name="Britain", country="GB")
    assert take().created["regions"] == 6
    assert Customer.objects.get(number="17850").region == ours


def test_products_have_their_most_frequent_description_and_fees_are_marked() -> None:
    take()
    assert Product.objects.get(number="22728").name == "ALARM CLOCK"
    assert Product.objects.get(number="21777").name == "RECIPE BOX"
    fees = Product.objects.filter(is_fee=True).order_by("number").values_list("number", flat=True)
    assert list(fees) == ["B", "BANK CHARGES", "D", "DOT", "M", "PADS", "POST"]
    assert {"85123A", "85123a"} <= set(Product.objects.values_list("number", flat=True))


def test_an_invoice_of_two_customers_becomes_two_orders() -> None:
    take()
    orders = Order.objects.filter(number__startswith="536378").order_by("number")
    assert [(each.number, each.customer.number, each.net_amount) for each in orders] == [
        ("536378", "15000", Decimal("7.95")),
        ("536378/15001", "15001", Decimal("15.90")),
    ]


def test_a_second_import_adds_nothing() -> None:
    take()
    before = rows_of_everything()
    summary = take()
    assert (summary.existing, summary.created, summary.errors, summary.batch) == (25, {}, 0, None)
    assert rows_of_everything() == before


def test_shuffled_rows_come_to_the_same(tmp_path: Path) -> None:
    take()
    before = sorted(Order.objects.values_list("number", "occurred_at", "gross_amount", "net_amount"))
    shuffled = ROWS[:]
    random.Random(5).shuffle(shuffled)
    path = written(tmp_path, *shuffled)
    assert take(path).created == {}
    clear()
    take(path)
    assert sorted(Order.objects.values_list("number", "occurred_at", "gross_amount", "net_amount")) == before


def test_a_dry_run_counts_everything_and_writes_nothing() -> None:
    before = rows_of_everything()
    summary = take(dry_run=True)
    assert summary.created == {"regions": 7, "customers": 7, "products": 14, "orders": 18, "lines": 25}
    assert rows_of_everything() == before
    assert not Company.objects.exists()


def test_an_import_that_was_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    take(written(tmp_path, *ROWS[:9]))
    summary = take()
    assert (summary.existing, summary.created["lines"]) == (9, 16)
    assert Order.objects.get(number="536365").gross_amount == Decimal("77.98")
    positions = OrderLine.objects.filter(order__number="536365").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4]


def test_the_batch_is_the_provenance_and_there_is_no_history_per_row() -> None:
    summary = take()
    batch = Batch.objects.get()
    assert (batch.pk, batch.preset, batch.file_name) == (summary.batch, "online-retail", "invoice_lines.csv")
    assert batch.summary["rows"] == 25
    assert batch.finished_at is not None
    assert set(Order.objects.values_list("batch", flat=True)) == {batch.pk}
    assert Order.history.count() == Customer.history.count() == Product.history.count() == 0  # type: ignore[attr-defined]


def test_imported_products_are_found_by_search() -> None:
    take()
    product = Product.objects.get(number="16045")
    assert SearchGram.objects.filter(kind="product", object_id=product.pk, gram="pop").exists()


def test_wrong_columns_are_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="occurred_at"):
        take(written(tmp_path, "1,2", heading="A,B"))
    with pytest.raises(FileRefused, match="unit price"):
        take(written(tmp_path, "1,2010-12-01", heading="Invoice,Date"))
    assert not Batch.objects.exists()


def test_bad_rows_are_reported_and_the_good_taken(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        ROWS[0],
        "536400,22728,CLOCK,1,2011-02-30 09:00:00,3.75,17850.0,EIRE",
        "536401,22728,CLOCK,many,2011-02-03 09:00:00,,17850.0,EIRE",
        "536402,22728,CLO",
        '536403,22728,"CLOCK,1,2011-02-03 09:00:00,3.75,17850.0,EIRE',
        "536404,22728,CLOCK,1,2011-02-03 09:00:00,3.75,17850.0,EIRE,more,and more",
        ",22728,CLOCK,1,2011-02-03 09:00:00,3.75,17850.0,EIRE",
        ROWS[4],
    )
    errors = tmp_path / "errors.csv"
    summary = take(path, errors=errors)
    assert (summary.rows, summary.classes, summary.errors) == (8, {"sale": 1, "fee": 1}, 6)
    assert [(each.number, each.column) for each in summary.error_samples] == [
        (3, "InvoiceDate"),
        (4, "Quantity, UnitPrice"),
        (5, ""),
        (6, ""),
        (7, ""),
        (8, "InvoiceNo"),
    ]
    assert "3 columns, the heading has 8" in summary.error_samples[2].message
    assert "never closed" in summary.error_samples[3].message
    assert OrderLine.objects.count() == 2

    corrected = errors.read_text(encoding="utf-8-sig").replace("2011-02-30", "2011-02-28")
    errors.write_text(corrected, encoding="utf-8")
    again = take(errors)
    assert (again.created["lines"], again.errors) == (1, 5)
    assert Order.objects.get(number="536400").occurred_at.day == 28


def test_bytes_of_another_encoding_spoil_only_their_row(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    rows = [row.encode() for row in (HEADING, ROWS[0], "536500,1,Süßes,1,2011-01-01 10:00:00,1,1,France")]
    spoilt = "536501,1,礼物,1,2011-01-01 10:00:00,1,1,France".encode("gbk")
    path.write_bytes(b"\n".join([*rows, spoilt, ROWS[4].encode(), b""]))
    summary = take(path)
    assert (summary.rows, summary.errors, summary.encoding) == (4, 1, "utf-8")
    assert summary.error_samples[0].number == 4


@pytest.mark.parametrize("encoding", ["gbk", "big5", "utf-8-sig", "utf-16"])
def test_chinese_files_are_read_in_their_encoding(tmp_path: Path, encoding: str) -> None:
    heading = "訂單編號,日期,客戶編號,商品,數量,單價" if encoding == "big5" else "订单编号,日期,客户编号,商品,数量,单价"
    rows = ("D1,2024年3月5日,K1,紅茶禮盒,2,68.00", "D2,2024/3/6,K2,烏龍茶,1,39.90")
    if encoding == "gbk":
        rows = ("D1,2024年3月5日,K1,红茶礼盒,2,68.00", "D2,2024/3/6,K2,乌龙茶,1,39.90")
    summary = take(written(tmp_path, *rows, heading=heading, encoding=encoding), preset="")
    assert summary.classes == {"sale": 2}
    descriptions = set(OrderLine.objects.values_list("description", flat=True))
    assert descriptions == {row.split(",")[3] for row in rows}
    assert Order.objects.get(number="D1").net_amount == Decimal("136.00")


def test_a_file_without_prices_per_unit_is_taken_by_its_amounts(tmp_path: Path) -> None:
    heading = "Order ID;Order Date;Customer ID;Customer Name;Product ID;Product Name;Category;Region;Sales;Quantity"
    path = written(
        tmp_path,
        "CA-1;11/8/2016;CG-12520;Claire Gute;FUR-BO-1;Bookcase;Furniture;South;261,96;2",
        "CA-1;11/8/2016;CG-12520;Claire Gute;FUR-CH-1;Chair;Furniture;South;731,94;3",
        "CA-2;6/13/2016;DV-13045;Darrin Van Huff;OFF-LA-1;Labels;Office;West;-14,62;2",
        heading=heading,
    )
    summary = take(path, preset="")
    assert summary.created == {
        "categories": 2,
        "regions": 2,
        "customers": 2,
        "products": 3,
        "orders": 2,
        "lines": 3,
    }
    order = Order.objects.get(number="CA-1")
    assert order.gross_amount == Decimal("993.90")
    assert order.occurred_at.astimezone(Company.objects.current().zone).date() == datetime.date(2016, 11, 8)
    assert Customer.objects.get(number="CG-12520").name == "Claire Gute"
    assert Product.objects.get(number="FUR-BO-1").category.name == "Furniture"
    assert Order.objects.get(number="CA-2").type == Order.Type.RETURN


def test_dates_that_can_be_read_in_two_ways_need_a_word(tmp_path: Path) -> None:
    heading = "Order,Date,Customer,Amount"
    path = written(tmp_path, "1,1/12/2010,K1,5", "2,2/11/2010,K1,6", heading=heading)
    with pytest.raises(FileRefused, match="--date-order"):
        take(path, preset="")
    take(path, preset="", date_order="dmy")
    months = [each.occurred_at.astimezone(Company.objects.current().zone).month for each in Order.objects.all()]
    assert sorted(months) == [11, 12]


def test_lines_are_not_added_to_an_order_entered_by_hand() -> None:
    Company.objects.create(name="Ours", time_zone="Europe/London", currency="GBP")
    Order.objects.create(number="536366", customer=a_customer())
    summary = take()
    assert summary.errors == 1
    assert "536366" in summary.error_samples[0].message
    assert summary.error_samples[0].cells[1] == "85123a"
    assert summary.classes["sale"] == 10


def test_a_column_can_be_given_by_hand(tmp_path: Path) -> None:
    path = written(tmp_path, "1,2010-12-01,K1,5", heading="Beleg,Date,Customer,Amount")
    summary = take(path, preset="", mapping={"Beleg": "order"})
    assert Order.objects.get().number == "1"
    assert summary.unused_columns == []
    with pytest.raises(FileRefused, match="no field"):
        take(path, preset="", mapping={"Beleg": "nonsense"})
    with pytest.raises(FileRefused, match="no column"):
        take(path, preset="", mapping={"Nonsense": "order"})


def test_cd_purchases_become_orders_of_one_line_each() -> None:
    summary = run_import("orders", FILES / "cd_purchases.txt", preset="cdnow")
    assert summary.created == {"customers": 4, "orders": 6, "lines": 6}
    same_day = Order.objects.filter(customer__number="00021")
    assert [each.gross_amount for each in same_day] == [Decimal("63.34")] * 2
    assert OrderLine.objects.get(order__customer__number="00050").kind == "sale"  # nothing paid, bought all the same
    line = OrderLine.objects.filter(order__customer__number="00021").first()
    assert (line.quantity, line.amount) == (Decimal(3), Decimal("63.34"))
    company = Company.objects.get()
    assert (company.time_zone, company.currency) == ("America/New_York", "USD")
    first = Order.objects.get(customer__number="00004", gross_amount=Decimal("29.33"))
    assert first.occurred_at.astimezone(company.zone).date() == datetime.date(1997, 1, 1)
    assert run_import("orders", FILES / "cd_purchases.txt", preset="cdnow").created == {}


def test_lines_of_another_width_are_refused_or_reported(tmp_path: Path) -> None:
    whole = (FILES / "cd_purchases.txt").read_text()
    path = tmp_path / "cut.txt"
    path.write_text(whole + " 00071 0004 1998")
    summary = run_import("orders", path, preset="cdnow")
    assert (summary.errors, summary.error_samples[0].number, summary.created["orders"]) == (1, 7, 6)
    path.write_text("customer,amount\n1,2\n")
    with pytest.raises(FileRefused, match="wide"):
        run_import("orders", path, preset="cdnow")


def rows_of_everything() -> dict[str, int]:
    models = (Batch, Customer, Product, Order, OrderLine, Region, SearchGram, Company)
    return {model.__name__: model.objects.count() for model in models}  # type: ignore[attr-defined]


def clear() -> None:
    OrderLine.objects.all().delete()
    for model in (Order, Product, Customer, Region):
        model.objects.all().delete()


def test_the_written_file_holds_what_the_tests_expect() -> None:
    rows = list(csv.DictReader(LINES.open()))
    assert len(rows) == sum(count for count, _amount in CLASSES.values())
    total = sum(Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows)
    assert total == sum(Decimal(amount) for _count, amount in CLASSES.values())
