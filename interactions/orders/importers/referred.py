"""What order lines refer to: regions, channels, product types, customers and products, found or made."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.db import models, transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crm.records import search
from crm.records.importing.batch import Provenance
from crm.records.importing.registry import Request
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.importing.values import folded
from crm.records.locks import hold
from customers.importers import Regions, country_code
from customers.models import Channel, Customer
from interactions.catalogue.models import Category, Product
from interactions.orders.importers.company import CompanyOfFile
from interactions.orders.importers.policy import LinePolicy
from interactions.orders.importers.reading import LONGEST_NAME
from interactions.orders.staging import StagedCustomer, StagedProduct, Staging, in_chunks

RECORDS_AT_ONCE = 2_000
TURN = "import of orders"


class Referred:
    """Ids by what the file calls them. Whatever the file names and nobody knows is made."""

    def __init__(
        self,
        request: Request,
        staging: Staging,
        policy: LinePolicy,
        company: CompanyOfFile,
        summary: ImportSummary,
        errors: ErrorFile,
        provenance: Provenance,
    ) -> None:
        self.request = request
        self.staging = staging
        self.policy = policy
        self.company = company
        self.summary = summary
        self.errors = errors
        self.provenance = provenance
        self.regions = Regions(dry_run=request.dry_run)
        self.customers: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.channels: dict[str, int] = {}
        self.categories: dict[str, int] = {}

    def prepare(self) -> None:
        with transaction.atomic():
            self._take_turns()
            self.regions = Regions(dry_run=self.request.dry_run)
            before = dict(self.summary.created)
            self._channels()
            self._categories()
            self._regions()
            if self.summary.created != before:
                self._keep()
        for customers in in_chunks(self.staging.customers(), RECORDS_AT_ONCE):
            with transaction.atomic():
                self._take_turns()
                self._customers(customers)
        for products in in_chunks(self.staging.products(), RECORDS_AT_ONCE):
            with transaction.atomic():
                self._take_turns()
                self._products(products)

    def _take_turns(self) -> None:
        """Two files that name the same customer make him once: the second finds what the first has made."""
        if not self.request.dry_run:
            hold(TURN)

    def _keep(self) -> None:
        """The count of what was made, in the transaction that made it."""
        if not self.request.dry_run:
            self.request.checkpoint.save(self.summary, self.errors, chunks=0, refused={})

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
                if self.request.dry_run:
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
                if self.request.dry_run:
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
        if self.request.dry_run:
            self.summary.count("created", "customers", len(new))
            return
        with translation.override(self.company.company.language):
            made = Customer.objects.bulk_create([self._customer(each) for each in new])
            search.index("customer", made)
            self.summary.count("created", "customers", len(made))
            self._keep()
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
        if self.request.dry_run:
            self.summary.count("created", "products", len(new))
            return
        made = Product.objects.bulk_create([self._product(each) for each in new])
        search.index("product", made)
        self.summary.count("created", "products", len(made))
        self._keep()
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


def _by_names(rows: Iterable[models.Model], names: "object") -> dict[str, int]:
    return {folded(name): row.pk for row in rows for name in names(row) if name}  # type: ignore[operator]


def _three_names(row: models.Model) -> tuple[str, str, str]:
    return row.name, row.name_zh_hans, row.name_zh_hant  # type: ignore[attr-defined]
