"""Importing order lines and orders in bulk, from the company's own files and from well-known ones.

A file is read twice over: its lines go into a staging file, each checked and put into one class; then customers,
products and orders are written in short transactions of whole orders. Lines carry a key of their content, so an import
that was broken off or is made again adds only what is missing.
"""

import datetime
import hashlib
import tempfile
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Max
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import access
from crm.accounts.models import Company
from crm.records import bulk, search
from crm.records.importing.engine import Provenance
from crm.records.importing.mapping import Field, map_columns, unused
from crm.records.importing.problems import BadValue, FileRefused, Row, RowError
from crm.records.importing.readers import Layout, Source
from crm.records.importing.registry import Importer, Preset, Request, register
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.importing.values import (
    cleaned,
    dates_read,
    day_or_month_first,
    folded,
    needs_a_choice,
    parse_number,
    parse_ratio,
)
from crm.records.models import Sequence as Numbers
from crm.records.models import numbered
from customers.importers import Regions, country_code
from customers.models import Channel, Customer
from interactions.catalogue.models import Category, Product
from interactions.orders.models import Order, OrderLine
from interactions.orders.services import rate_of, reckon
from interactions.orders.staging import AMOUNT_UNITS, StagedCustomer, StagedLine, StagedProduct, Staging, in_chunks

SAMPLE_ROWS = 5_000  # looked at to tell day from month
LINES_AT_ONCE = 20_000  # per transaction, about a second
RECORDS_AT_ONCE = 2_000
MILLI, TENTH_OF_MILLI, CENT = Decimal("0.001"), Decimal("0.0001"), Decimal("0.01")
LARGEST = Decimal(10) ** 10
LONGEST_ORDER, LONGEST_NUMBER, LONGEST_TEXT, LONGEST_NAME = 36, 40, 200, 120
READ_SHARE = 0.4  # of the progress bar


class LineClass(models.TextChoices):
    """What a line of a file is. Each line is in exactly one class: the first that fits, in this order."""

    CORRECTION = "correction", gettext_lazy("correction of accounts")
    CANCELLED_FEE = "cancelled_fee", gettext_lazy("fee paid back")
    RETURN = "return", gettext_lazy("return")
    NEGATIVE_QUANTITY = "negative_quantity", gettext_lazy("negative quantity without a return")
    PRICE_ZERO_OR_BELOW = "price_zero_or_below", gettext_lazy("price zero or below")
    FEE = "fee", gettext_lazy("fee")
    SALE_WITHOUT_CUSTOMER = "sale_without_customer", gettext_lazy("sale without customer")
    SALE = "sale", gettext_lazy("sale")


COUNTS_AS = {
    LineClass.CORRECTION: OrderLine.Kind.CORRECTION,
    LineClass.CANCELLED_FEE: OrderLine.Kind.CANCELLED_FEE,
    LineClass.RETURN: OrderLine.Kind.RETURN,
    LineClass.NEGATIVE_QUANTITY: OrderLine.Kind.ADJUSTMENT,
    LineClass.PRICE_ZERO_OR_BELOW: OrderLine.Kind.FREE,
    LineClass.FEE: OrderLine.Kind.FEE,
    LineClass.SALE_WITHOUT_CUSTOMER: OrderLine.Kind.SALE,
    LineClass.SALE: OrderLine.Kind.SALE,
}
GROSS_CLASSES = {each for each, kind in COUNTS_AS.items() if kind in OrderLine.GROSS_KINDS}


@dataclass(frozen=True)
class LinePolicy:
    """How the lines of a source are to be understood.

    fee_codes                     products that are fees, in capitals
    return_prefix                 orders whose number starts with it are returns; without it any negative line is one
    correction_prefix             orders whose number starts with it correct accounts
    zone, currency                of the source; the company takes them over while it has no orders of its own
    each_row_is_an_order          there is no order number that holds lines together
    free_counts_as_sale           a purchase is one even when nothing was paid
    """

    fee_codes: frozenset[str] = frozenset()
    return_prefix: str = ""
    correction_prefix: str = ""
    zone: str = ""
    currency: str = ""
    customer_type: str = Customer.Type.PERSON
    each_row_is_an_order: bool = False
    free_counts_as_sale: bool = False

    def is_fee(self, product: str) -> bool:
        return product.upper() in self.fee_codes

    def classify(self, *, order: str, product: str, quantity: Decimal, amount: Decimal, customer: str) -> LineClass:
        if self.correction_prefix and order.startswith(self.correction_prefix):
            return LineClass.CORRECTION
        if self.return_prefix:
            is_return = order.startswith(self.return_prefix)
        else:
            is_return = quantity < 0 or amount < 0
        if is_return:
            return LineClass.CANCELLED_FEE if self.is_fee(product) else LineClass.RETURN
        if quantity < 0:
            return LineClass.NEGATIVE_QUANTITY
        if amount < 0 or (amount == 0 and not self.free_counts_as_sale):
            return LineClass.PRICE_ZERO_OR_BELOW
        if self.is_fee(product):
            return LineClass.FEE
        return LineClass.SALE if customer else LineClass.SALE_WITHOUT_CUSTOMER


ONLINE_RETAIL = Preset(
    "online-retail",
    gettext_lazy("Online Retail: invoice lines of a British wholesaler"),
    policy=LinePolicy(
        fee_codes=frozenset({"POST", "DOT", "M", "D", "S", "B", "C2", "CRUK", "PADS", "AMAZONFEE", "BANK CHARGES"}),
        return_prefix="C",
        correction_prefix="A",
        zone="Europe/London",
        currency="GBP",
        customer_type=Customer.Type.ORGANISATION,
    ),
)
CDNOW = Preset(
    "cdnow",
    gettext_lazy("CDNOW: purchases at a music shop, fixed width"),
    layouts=(
        Layout((("customer", 1, 6), ("", 7, 11), ("date", 12, 20), ("quantity", 20, 23), ("amount", 23, 31)), 31),
        Layout((("customer", 1, 6), ("date", 7, 15), ("quantity", 15, 18), ("amount", 18, 26)), 26),
    ),
    policy=LinePolicy(zone="America/New_York", currency="USD", each_row_is_an_order=True, free_counts_as_sale=True),
)

FIELDS = (
    Field(
        "order",
        gettext_lazy("order number"),
        (
            "invoice",
            "invoice no",
            "invoice number",
            "invoice id",
            "order id",
            "order no",
            "bill",
            "bill no",
            "transaction id",
            "transaction no",
            "receipt",
            "basket id",
            "订单号",
            "订单编号",
            "发票号",
            "發票號碼",
            "單號",
            "訂單號",
            "訂單編號",
        ),
    ),
    Field(
        "occurred_at",
        gettext_lazy("date and time"),
        (
            "date",
            "invoice date",
            "order date",
            "purchase date",
            "transaction date",
            "invoice time",
            "order time",
            "timestamp",
            "day",
            "sale date",
            "日期",
            "时间",
            "時間",
            "下单时间",
            "下單時間",
            "订单日期",
            "訂單日期",
            "order purchase timestamp",
        ),
        required=True,
    ),
    Field(
        "customer",
        gettext_lazy("customer number"),
        (
            "customer id",
            "customer no",
            "customer code",
            "customer",
            "client id",
            "user id",
            "member id",
            "cust id",
            "household key",
            "客户编号",
            "客户号",
            "客戶編號",
            "客戶號",
            "会员号",
            "會員號",
        ),
    ),
    Field(
        "customer_name",
        gettext_lazy("customer name"),
        ("client", "client name", "客户名称", "客戶名稱", "客户", "客戶"),
    ),
    Field(
        "product",
        gettext_lazy("product code"),
        (
            "stock code",
            "product id",
            "product no",
            "sku",
            "item",
            "item code",
            "item id",
            "product number",
            "article",
            "商品编号",
            "产品编号",
            "商品編號",
            "產品編號",
            "货号",
            "貨號",
        ),
    ),
    Field(
        "description",
        gettext_lazy("description"),
        (
            "product name",
            "item name",
            "product",
            "product description",
            "name",
            "商品名称",
            "产品名称",
            "商品名稱",
            "產品名稱",
            "商品",
            "产品",
            "產品",
        ),
    ),
    Field(
        "category",
        gettext_lazy("product type"),
        ("category", "product category", "product line", "department", "类别", "類別", "品类", "品類"),
    ),
    Field(
        "quantity",
        gettext_lazy("quantity"),
        ("qty", "units", "number", "count", "pieces", "数量", "數量", "件数", "件數"),
    ),
    Field(
        "unit_price",
        gettext_lazy("unit price"),
        ("price", "unit amount", "price each", "单价", "單價", "价格", "價格"),
    ),
    Field(
        "amount",
        gettext_lazy("amount"),
        (
            "total",
            "sales",
            "sales value",
            "line total",
            "revenue",
            "total amount",
            "dollars",
            "value",
            "金额",
            "金額",
            "总额",
            "總額",
            "销售额",
            "銷售額",
        ),
    ),
    Field("discount", gettext_lazy("discount %"), ("discount", "discount rate", "discount percent", "折扣")),
    Field("unit_cost", gettext_lazy("unit cost"), ("cost", "cost price", "成本")),
    Field("country", gettext_lazy("country"), ("country region", "nation", "国家", "國家")),
    Field("region", gettext_lazy("region"), ("state", "province", "area", "省份", "地区", "地區", "区域", "區域")),
    Field("city", gettext_lazy("city"), ("town", "城市")),
    Field("channel", gettext_lazy("channel"), ("sales channel", "order channel", "渠道", "銷售渠道", "销售渠道")),
)


class OrderLinesImporter(Importer):
    """Files with one row for each line of an order."""

    name = "order-lines"
    presets = (ONLINE_RETAIL,)
    policy = LinePolicy()

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        _refuse_strangers(request)
        if request.update_by:
            raise FileRefused(_("Order lines are known by their content; they cannot be updated by a field."))
        policy = request.preset.policy if request.preset else self.policy
        mapped = map_columns(source.columns, FIELDS, request.mapping)
        if "unit_price" not in mapped and "amount" not in mapped:
            raise FileRefused(_("The file needs a column for the unit price or for the amount."))
        if "order" not in mapped:
            policy = self._without_order_numbers(policy, mapped)
        summary.unused_columns = unused(source.columns, mapped)
        company = CompanyOfFile(request, policy, summary)
        reader = LineReader(mapped, source, policy, company.zone, request.date_order)
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder, Staging(Path(folder)) as staging:
            self._stage(request, source, reader, staging, summary, errors)
            for name, count, amount in staging.classes():
                summary.classes[name], summary.amounts[name] = count, amount
            if not summary.classes:
                return
            company.adopt()
            Writer(request, staging, policy, company, summary, errors, source).write()
        _check_books(summary)

    def _without_order_numbers(self, policy: LinePolicy, mapped: dict[str, int]) -> LinePolicy:
        if "customer" not in mapped and not policy.each_row_is_an_order:
            raise FileRefused(_("The file needs a column for the order number or for the customer."))
        return policy

    def _stage(
        self,
        request: Request,
        source: Source,
        reader: "LineReader",
        staging: Staging,
        summary: ImportSummary,
        errors: ErrorFile,
    ) -> None:
        for row in source.rows():
            summary.rows += 1
            if summary.rows % 10_000 == 0:
                request.progress(source.share_read() * READ_SHARE, _("reading"))
            found = reader.read(row)
            if isinstance(found, RowError):
                errors.add(found)
            else:
                staging.add(found)
        staging.finish()


class OrdersImporter(OrderLinesImporter):
    """Files with one row for each order; the order has one line with its amount."""

    name = "orders"
    presets = (CDNOW,)
    policy = LinePolicy(each_row_is_an_order=True)

    def _without_order_numbers(self, policy: LinePolicy, mapped: dict[str, int]) -> LinePolicy:
        return replace(policy, each_row_is_an_order=True)


class LineReader:
    """Rows of text into staged lines, or into what is wrong with them."""

    def __init__(
        self, mapped: dict[str, int], source: Source, policy: LinePolicy, zone: zoneinfo.ZoneInfo, date_order: str
    ) -> None:
        self.mapped = mapped
        self.columns = source.columns
        self.policy = policy
        self._place = mapped.get
        self._moment = dates_read(self._date_order(source, date_order), zone)
        self._problems: list[tuple[str, str]] = []

    def read(self, row: Row) -> StagedLine | RowError:
        if row.problem:
            return RowError(row.number, "", row.problem, row.cells)
        self._problems = []
        line = self._line(row)
        if not self._problems:
            return line
        columns = ", ".join(dict.fromkeys(column for column, _message in self._problems))
        messages = " ".join(dict.fromkeys(message for _column, message in self._problems))
        return RowError(row.number, columns, messages, row.cells)

    def _line(self, row: Row) -> StagedLine:
        cells = row.cells
        order = self._identifier(cells, "order", LONGEST_ORDER)
        customer = self._identifier(cells, "customer", LONGEST_NUMBER)
        product = self._text(cells, "product", LONGEST_NUMBER)
        if self.policy.is_fee(product):
            product = product.upper()
        moment = self._occurred_at(cells)
        quantity, price, discount, amount = self._money(cells)
        cost = self._number(cells, "unit_cost")
        if "order" in self.mapped and not order:
            self._wrong("order", _("The order number is missing."))
        known_as = self._text(cells, "customer_name", 0)
        line_class = self.policy.classify(
            order=order, product=product, quantity=quantity, amount=amount, customer=customer
        )
        units = int((amount * AMOUNT_UNITS).to_integral_value(ROUND_HALF_UP))
        description = self._text(cells, "description", 0)[:LONGEST_TEXT]
        country, region = self._text(cells, "country", 80), self._text(cells, "region", 80)
        if self._problems:  # the rest would be made of stand-ins
            order = order or "-"
        document = order or f"{customer}\x1f{moment}"
        content = (order, product, description, _exact(quantity), moment, _exact(price), units, customer, country)
        digest = hashlib.blake2b("\x1f".join(map(str, content)).encode(), digest_size=12).hexdigest()
        return StagedLine(
            row.number,
            document,
            customer,
            product,
            description,
            _exact(quantity),
            _exact(price),
            _exact(discount),
            "" if cost is None else _exact(cost),
            units,
            moment,
            line_class.value,
            country,
            region,
            self._text(cells, "city", 80),
            known_as[:160],
            self._text(cells, "category", LONGEST_NAME),
            self._text(cells, "channel", LONGEST_NAME),
            digest,
        )

    def _money(self, cells: Sequence[str]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Quantity, unit price, discount in per cent and amount; what the file leaves out follows from the rest."""
        quantity = self._number(cells, "quantity", missing=True)
        price = self._number(cells, "unit_price", missing="amount" not in self.mapped)
        amount = self._number(cells, "amount", missing="unit_price" not in self.mapped)
        discount = self._discount(cells)
        quantity = Decimal(1) if quantity is None else quantity
        if amount is None:
            amount = quantity * (price or Decimal(0)) * (100 - discount) / 100
        elif price is None:
            kept = (100 - discount) / 100
            price = amount / (quantity * kept) if quantity and kept else amount
        price = Decimal(0) if price is None else price
        if abs(quantity) >= LARGEST or abs(price) >= LARGEST or abs(amount) >= LARGEST:
            self._wrong("amount" if "amount" in self.mapped else "unit_price", _("The number is too large."))
            return Decimal(0), Decimal(0), Decimal(0), Decimal(0)
        return quantity.quantize(MILLI, ROUND_HALF_UP), price.quantize(TENTH_OF_MILLI, ROUND_HALF_UP), discount, amount

    def _discount(self, cells: Sequence[str]) -> Decimal:
        """Per cent; a fraction below 1 is one as well ("0.2" is 20 %)."""
        text = self._text(cells, "discount", 0)
        if not text:
            return Decimal(0)
        try:
            value = parse_ratio(text) if text.endswith("%") else parse_number(text)
        except BadValue as error:
            self._wrong("discount", str(error.message))
            return Decimal(0)
        value = value * 100 if text.endswith("%") or value < 1 else value
        if not 0 <= value <= 100:
            self._wrong("discount", _("A discount is between 0 and 100 %%.") % ())
            return Decimal(0)
        return value.quantize(CENT, ROUND_HALF_UP)

    def _occurred_at(self, cells: Sequence[str]) -> int:
        text = cells[self.mapped["occurred_at"]]
        if not text.strip():
            self._wrong("occurred_at", _("The date is missing."))
            return 0
        try:
            return int(self._moment(text).timestamp())
        except (BadValue, OverflowError) as error:
            self._wrong("occurred_at", str(getattr(error, "message", error)))
            return 0

    def _number(self, cells: Sequence[str], key: str, *, missing: bool = False) -> Decimal | None:
        """The number, None for an empty cell; an empty cell is wrong where it is `missing`."""
        place = self._place(key)
        if place is None:
            return None
        text = cells[place].strip()
        if not text:
            if missing:
                self._wrong(key, _("The number is missing."))
            return None
        try:
            return parse_number(text)
        except BadValue as error:
            self._wrong(key, str(error.message))
            return None

    def _identifier(self, cells: Sequence[str], key: str, longest: int) -> str:
        """A number that is a name: spreadsheets and data frames write 17850 as 17850.0."""
        text = self._text(cells, key, longest)
        if "." not in text:
            return text
        whole, _point, rest = text.partition(".")
        return whole if whole.isdigit() and not rest.strip("0") else text

    def _text(self, cells: Sequence[str], key: str, longest: int) -> str:
        """The text of a cell; longer than `longest` is wrong, 0 is no limit."""
        place = self._place(key)
        if place is None:
            return ""
        text = cleaned(cells[place])
        if longest and len(text) > longest:
            self._wrong(key, _("The text is longer than %(most)s characters.") % {"most": longest})
        return text

    def _wrong(self, key: str, message: str) -> None:
        place = self.mapped.get(key)
        self._problems.append((self.columns[place] if place is not None else key, message))

    def _date_order(self, source: Source, told: str) -> str:
        if told:
            return told
        place = self.mapped["occurred_at"]
        texts = [row.cells[place] for row in islice(source.rows(), SAMPLE_ROWS) if len(row.cells) > place]
        found = day_or_month_first(texts)
        if not found and needs_a_choice(texts):
            raise FileRefused(
                _("Dates such as %(text)s can be read in two ways. Say --date-order dmy or --date-order mdy.")
                % {"text": next(text for text in texts if needs_a_choice([text]))}
            )
        return found


class CompanyOfFile:
    """Zone and currency of a file against those of the company."""

    def __init__(self, request: Request, policy: LinePolicy, summary: ImportSummary) -> None:
        self.request = request
        self.policy = policy
        self.summary = summary
        self.company = Company.objects.current()
        self.zone = zoneinfo.ZoneInfo(policy.zone) if policy.zone else self.company.zone

    @property
    def may_change(self) -> bool:
        """While there are no orders but those of this preset, it says what the company is like."""
        if not self.policy.zone:
            return False
        return not Order.objects.exclude(batch__preset=self.request.preset_name).exists()

    @property
    def order_currency(self) -> str:
        """Written on orders only where it is not the company's own."""
        return self.policy.currency if self.policy.currency != self.company.currency else ""

    def adopt(self) -> None:
        wanted = (self.policy.zone, self.policy.currency)
        if not self.policy.zone or (self.company.pk and wanted == (self.company.time_zone, self.company.currency)):
            return
        if not self.may_change:
            self.summary.notes.append(
                _("The company keeps its time zone %(zone)s and its currency %(currency)s: it has other orders.")
                % {"zone": self.company.time_zone, "currency": self.company.currency}
            )
            return
        self.company.time_zone, self.company.currency = wanted
        if not self.request.dry_run:
            self.company.save()
        self.summary.notes.append(
            _("The company's time zone is now %(zone)s and its currency %(currency)s.")
            % {"zone": wanted[0], "currency": wanted[1]}
        )


class Writer:
    """Staged lines into records: what they refer to first, then orders with their lines, whole orders at a time."""

    def __init__(
        self,
        request: Request,
        staging: Staging,
        policy: LinePolicy,
        company: CompanyOfFile,
        summary: ImportSummary,
        errors: ErrorFile,
        source: Source,
    ) -> None:
        self.request = request
        self.staging = staging
        self.policy = policy
        self.company = company
        self.summary = summary
        self.errors = errors
        self.source = source
        self.provenance = Provenance(request, summary)
        self.regions = Regions(dry_run=request.dry_run)
        self.customers: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.channels: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.rates: dict[datetime.date, Decimal] = {}
        self.written = 0

    @property
    def dry_run(self) -> bool:
        return self.request.dry_run

    def write(self) -> None:
        self._channels()
        self._categories()
        self._regions()
        for chunk in in_chunks(self.staging.customers(), RECORDS_AT_ONCE):
            self._customers(chunk)
        for products in in_chunks(self.staging.products(), RECORDS_AT_ONCE):
            self._products(products)
        for groups in _groups_in_chunks(self.staging.orders()):
            self._orders(groups)
        if not self.dry_run and self.summary.batch:
            _refresh_statistics()

    # what lines refer to

    def _regions(self) -> None:
        self.regions.prepare(self.staging.places())
        if self.regions.created:
            self.summary.count("created", "regions", self.regions.created)

    def _channels(self) -> None:
        wanted = self.staging.distinct("channel")
        known = _by_names(Channel.objects.all(), lambda each: (each.code, *_three_names(each)))
        for text in wanted:
            found = known.get(folded(text))
            if found is None:
                self.summary.count("created", "channels")
                if self.dry_run:
                    continue
                code = slugify(text)[:30] or f"channel-{len(known) + 1}"
                while Channel.objects.filter(code=code).exists():
                    code = f"{code[:30]}-{len(known) + 1}"
                found = Channel.objects.create(code=code, name=text, for_contacts=False).pk
                known[folded(text)] = found
            self.channels[text] = found

    def _categories(self) -> None:
        wanted = self.staging.distinct("category")
        known = _by_names(Category.objects.kept(), lambda each: (each.number, *_three_names(each)))
        made = []
        for text in wanted:
            found = known.get(folded(text))
            if found is None:
                self.summary.count("created", "categories")
                if self.dry_run:
                    continue
                category = Category(name=text, batch=self.provenance.batch, created_by=self.request.user)
                category.save_without_historical_record()
                made.append(category)
                found = known[folded(text)] = category.pk
            self.categories[text] = found
        search.index("category", made)

    def _customers(self, staged: list[StagedCustomer]) -> None:
        numbers = [each.number for each in staged]
        known = dict(Customer.objects.filter(number__in=numbers).values_list("number", "pk"))
        self.customers.update(known)
        new = [each for each in staged if each.number not in known]
        if not new:
            return
        self.summary.count("created", "customers", len(new))
        if self.dry_run:
            return
        with transaction.atomic(), translation.override(self.company.company.language):
            made = Customer.objects.bulk_create([self._customer(each) for each in new])
            search.index("customer", made)
        self.customers.update((each.number, each.pk) for each in made)

    def _customer(self, staged: StagedCustomer) -> Customer:
        first = datetime.datetime.fromtimestamp(staged.first_at, self.company.zone)
        is_organisation = self.policy.customer_type == Customer.Type.ORGANISATION
        return Customer(
            number=staged.number,
            type=self.policy.customer_type,
            relation_class=(
                Customer.RelationClass.ORGANISATIONAL if is_organisation else Customer.RelationClass.ORDINARY
            ),
            name=staged.name or _("Customer %(number)s") % {"number": staged.number},
            country=country_code(staged.country),
            region_id=self.regions.id_of((staged.country, staged.region)),
            city=staged.city,
            became_customer_on=first.date(),
            batch=self.provenance.batch,
            created_by=self.request.user,
        )

    def _products(self, staged: list[StagedProduct]) -> None:
        known = dict(Product.objects.filter(number__in=[each.number for each in staged]).values_list("number", "pk"))
        self.products.update(known)
        new = [each for each in staged if each.number not in known]
        if not new:
            return
        self.summary.count("created", "products", len(new))
        if self.dry_run:
            return
        with transaction.atomic():
            made = Product.objects.bulk_create([self._product(each) for each in new])
            search.index("product", made)
        self.products.update((each.number, each.pk) for each in made)

    def _product(self, staged: StagedProduct) -> Product:
        return Product(
            number=staged.number,
            name=(staged.name or staged.number)[:LONGEST_NAME],
            category_id=self.categories.get(staged.category),
            price=max(Decimal(staged.price), Decimal(0)),
            is_fee=self.policy.is_fee(staged.number),
            batch=self.provenance.batch,
            created_by=self.request.user,
        )

    # orders and lines

    def _orders(self, groups: list[list[StagedLine]]) -> None:
        keyed = [_with_keys(group) for group in groups]
        present = _present_keys(key for group in keyed for key, _line in group)
        self.summary.existing += sum(key in present for group in keyed for key, _line in group)
        missing = [[pair for pair in group if pair[0] not in present] for group in keyed]
        missing = [group for group in missing if group]
        if missing:
            with transaction.atomic():
                self._write_orders(missing)
        self.written += sum(len(group) for group in groups)
        share = self.written / max(sum(self.summary.classes.values()), 1)
        self.request.progress(READ_SHARE + share * (1 - READ_SHARE), _("writing"))

    def _write_orders(self, groups: "list[list[tuple[str, StagedLine]]]") -> None:
        known = self._known_orders(groups)
        new: list[tuple[Order, list[tuple[str, StagedLine]]]] = []
        more: list[tuple[Order, list[tuple[str, StagedLine]]]] = []
        taken: set[str] = set()
        for group in groups:
            number, order = self._order_for(group[0][1], known, taken)
            problem = _why_closed(order)
            if problem:
                self._refuse(group, problem)
            elif order is not None:
                more.append((order, group))
            elif self.policy.each_row_is_an_order and not number:
                new.extend((self._order("", [pair[1]]), [pair]) for pair in group)
            else:
                taken.add(number)
                new.append((self._order(number, [line for _key, line in group]), group))
        lines = sum(len(group) for _order, group in new + more)
        if not lines:
            return
        self.summary.count("created", "lines", lines)
        if new:
            self.summary.count("created", "orders", len(new))
        if more:
            self.summary.count("updated", "orders", len(more))
        if not self.dry_run:
            self._save(new, more)

    def _known_orders(self, groups: "list[list[tuple[str, StagedLine]]]") -> dict[str, Order]:
        numbers = set()
        for group in groups:
            line = group[0][1]
            if _has_number(line):
                numbers |= {line.document, _split_number(line)}
        return {order.number: order for order in Order.objects.filter(number__in=numbers)}

    def _order_for(self, line: StagedLine, known: dict[str, Order], taken: set[str]) -> tuple[str, Order | None]:
        """Number and, if it is there, the order for a customer's lines. Where one number covers several customers,
        each after the first has an order of his own, with the customer behind the number."""
        if not _has_number(line):
            return "", None
        customer_id = self.customers.get(line.customer)
        plain = known.get(line.document)
        if plain is None and line.document not in taken:
            return line.document, None
        if plain is not None and (plain.customer_id == customer_id or plain.batch_id is None):
            return line.document, plain
        number = _split_number(line)
        return number, known.get(number)

    def _order(self, number: str, lines: list[StagedLine]) -> Order:
        first = min(lines, key=lambda line: (line.occurred_at, line.row))
        gross, net = _totals(lines, self._rate(first.moment))
        region = self.regions.id_of(first.place)
        return Order(
            number=number,
            customer_id=self.customers.get(first.customer),
            type=self._type(number, lines),
            status=Order.Status.DELIVERED,
            occurred_at=first.moment,
            region_id=region,
            country=country_code(first.country),
            channel_id=self.channels.get(first.channel),
            currency=self.company.order_currency,
            gross_amount=gross,
            net_amount=net,
            created_by=self.request.user,
        )

    def _rate(self, moment: datetime.datetime) -> Decimal:
        """Of the order's currency on the order's day; without a currency of its own it is the base currency."""
        if not self.company.order_currency:
            return Decimal(1)
        day = moment.astimezone(self.company.company.zone).date()
        if day not in self.rates:
            try:
                self.rates[day] = rate_of(self.company.order_currency, day)
            except ValidationError as error:
                raise FileRefused(" ".join(error.messages)) from error
        return self.rates[day]

    def _type(self, number: str, lines: list[StagedLine]) -> str:
        classes = {line.line_class for line in lines}
        if classes == {LineClass.CORRECTION}:
            return Order.Type.CORRECTION
        if classes <= {LineClass.RETURN, LineClass.CANCELLED_FEE}:
            return Order.Type.RETURN
        return Order.Type.SALE

    def _save(
        self,
        new: list[tuple[Order, list[tuple[str, StagedLine]]]],
        more: list[tuple[Order, list[tuple[str, StagedLine]]]],
    ) -> None:
        unnumbered = [order for order, _group in new if not order.number]
        if unnumbered:
            first = Numbers.take(Order.NUMBER_PREFIX, len(unnumbered))
            for place, order in enumerate(unnumbered):
                order.number = numbered(Order.NUMBER_PREFIX, first + place)
        for order, _group in new:
            order.batch = self.provenance.batch
        Order.objects.bulk_create([order for order, _group in new], batch_size=1_000)
        search.index("order", [order for order, _group in new])
        positions = _last_positions([order.pk for order, _group in more])
        rows = [
            (order.pk, positions.get(order.pk, 0) + place, key, line)
            for order, group in [*new, *more]
            for place, (key, line) in enumerate(group, 1)
        ]
        self._append_lines(rows)
        if more:
            _reckon_again([order for order, _group in more])

    def _append_lines(self, rows: list[tuple[int, int, str, StagedLine]]) -> None:
        lines = [line for _order, _position, _key, line in rows]
        bulk.append(
            OrderLine,
            {
                "order_id": [order for order, _position, _key, _line in rows],
                "position": [position for _order, position, _key, _line in rows],
                "kind": [COUNTS_AS[LineClass(line.line_class)].value for line in lines],
                "product_id": [self.products.get(line.product) for line in lines],
                "description": [line.description for line in lines],
                "quantity": [line.quantity for line in lines],
                "unit_price": [line.unit_price for line in lines],
                "discount": [line.discount for line in lines],
                "unit_cost": [line.unit_cost or None for line in lines],
                "amount": [line.amount_text for line in lines],
                "source_key": [key for _order, _position, key, _line in rows],
            },
        )

    def _refuse(self, group: "list[tuple[str, StagedLine]]", problem: str) -> None:
        """Lines that were good in themselves, but cannot be added to their order."""
        for _key, line in group:
            self.summary.classes[line.line_class] -= 1
            self.summary.amounts[line.line_class] -= line.exact_amount
            self.errors.add(RowError(line.row, "", problem, self._cells(line.row)))

    def _cells(self, number: int) -> list[str]:
        return next((row.cells for row in self.source.rows() if row.number == number), [])


def _refuse_strangers(request: Request) -> None:
    if request.user is None:
        return
    for kind in ("order", "customer", "product"):
        if not access.may_create(kind, request.user):
            raise PermissionDenied


@lru_cache(maxsize=50_000)
def _exact(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"


def _has_number(line: StagedLine) -> bool:
    return "\x1f" not in line.document


def _split_number(line: StagedLine) -> str:
    return f"{line.document}/{line.customer or '-'}"[:LONGEST_NUMBER]


def _why_closed(order: Order | None) -> str:
    if order is None:
        return ""
    if order.is_deleted:
        return _("Order %(number)s is in the recycle bin.") % {"number": order.number}
    if order.batch_id is None:
        return _("Order %(number)s was entered by hand; nothing is added to it.") % {"number": order.number}
    return ""


def _with_keys(lines: list[StagedLine]) -> list[tuple[str, StagedLine]]:
    """Each line with its key: what it says, and the how-manieth it is that says so."""
    seen: Counter[str] = Counter()
    keyed = []
    for line in lines:
        seen[line.digest] += 1
        keyed.append((f"{line.digest}-{seen[line.digest]}", line))
    return keyed


def _present_keys(keys: Iterable[str]) -> set[str]:
    present: set[str] = set()
    for chunk in in_chunks(keys, 5_000):
        found = OrderLine.objects.filter(source_key__in=chunk).order_by()
        present.update(found.values_list("source_key", flat=True))
    return present


def _groups_in_chunks(groups: Iterator[list[StagedLine]]) -> Iterator[list[list[StagedLine]]]:
    """Whole orders, about LINES_AT_ONCE lines together; one number's customers stay in one chunk."""
    chunk: list[list[StagedLine]] = []
    lines = 0
    for group in groups:
        is_new_number = not chunk or group[0].document != chunk[-1][0].document
        if is_new_number and (lines >= LINES_AT_ONCE or len(chunk) >= RECORDS_AT_ONCE):
            yield chunk
            chunk, lines = [], 0
        chunk.append(group)
        lines += len(group)
    if chunk:
        yield chunk


def _totals(lines: Iterable[StagedLine], rate: Decimal) -> tuple[Decimal, Decimal]:
    """Gross and net in the base currency."""
    gross = net = Decimal(0)
    for line in lines:
        net += line.exact_amount
        if line.line_class in GROSS_CLASSES:
            gross += line.exact_amount
    return (gross * rate).quantize(CENT, ROUND_HALF_UP), (net * rate).quantize(CENT, ROUND_HALF_UP)


def _last_positions(order_ids: list[int]) -> dict[int, int]:
    lines = OrderLine.objects.filter(order_id__in=order_ids).order_by().values("order_id")
    return {row["order_id"]: row["last"] for row in lines.annotate(last=Max("position"))}


def _reckon_again(orders: list[Order]) -> None:
    """Totals of orders that got more lines."""
    lines: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order__in=orders):
        lines.setdefault(line.order_id, []).append(line)
    for order in orders:
        reckon(order, lines.get(order.pk, []))
        Order.objects.filter(pk=order.pk).update(
            gross_amount=order.gross_amount,
            net_amount=order.net_amount,
            modified_at=timezone.now(),
            version=F("version") + 1,
        )


def _by_names(rows: Iterable[models.Model], names: "object") -> dict[str, int]:
    return {folded(name): row.pk for row in rows for name in names(row) if name}  # type: ignore[operator]


def _three_names(row: models.Model) -> tuple[str, str, str]:
    return row.name, row.name_zh_hans, row.name_zh_hant  # type: ignore[attr-defined]


def _refresh_statistics() -> None:
    """After so many rows the planner of the database needs new statistics."""
    tables = [each._meta.db_table for each in (OrderLine, Order, Customer, Product)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _check_books(summary: ImportSummary) -> None:
    """Every row is in one class or among the errors."""
    counted = sum(summary.classes.values()) + summary.errors
    if counted != summary.rows:
        raise RuntimeError(f"{summary.rows} rows were read, {counted} are accounted for.")


register(OrderLinesImporter())
register(OrdersImporter())
