"""One person among all models: the rows about the person, and the names and addresses by which it is known."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import phonenumbers
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from crm.records.models import Record
from customers.duplicates.normalising import IS_CJK
from customers.models import ContactPerson, Customer
from customers.privacy import holdings
from customers.privacy.holdings import Holding

SHORTEST, SHORTEST_CHINESE = 4, 2  # letters of a name that is looked for in texts
PERSONAL = ("name", "email", "phone", "tax_number")


class Person:
    """A customer with everybody who was merged into it."""

    def __init__(self, customer: Customer) -> None:
        while customer.merged_into is not None:
            customer = customer.merged_into
        self.customer = customer
        self.ids = self._with_merged()

    def rows(self, holding: Holding) -> QuerySet:
        """The rows of a model that are about this person."""
        condition = self._led_to(holding)
        if holding.also:
            condition |= holding.also(self)
        return holding.model_class._base_manager.filter(condition)

    def history(self, holding: Holding) -> QuerySet | None:
        """The history of these rows, and of rows that are gone by now."""
        history = getattr(holding.model_class, "history", None)
        if history is None:
            return None
        direct = [each for each in holdings.ways()[holding.model] if "__" not in each and ":" not in each]
        condition = Q(id__in=self.rows(holding).values("pk"))
        for way in direct:
            condition |= Q(**{("id" if way == "pk" else f"{way}_id") + "__in": self.ids})
        return history.model._base_manager.filter(condition)

    def records(self) -> Iterator[tuple[type[Record], QuerySet]]:
        """Every kind of record with the rows of this person."""
        for model in holdings.record_models():
            yield model, self._records_of(model)

    @cached_property
    def emails(self) -> set[str]:
        return {each.casefold() for each in self._known if "@" in each and " " not in each}

    @cached_property
    def identifiers(self) -> set[str]:
        """Names, addresses and numbers, each the ways it is written, long enough to be looked for in texts."""
        found: set[str] = set()
        for text in self._known:
            found |= {text, *_spellings_of_phone(text)}
        return {each for each in found if _tells(each)}

    @cached_property
    def values(self) -> list[dict[str, str]]:
        """Phone, e-mail and tax number of the customers and their contact persons as they are now."""
        rows: list[dict[str, Any]] = list(
            Customer._base_manager.filter(pk__in=self.ids).values("email", "phone", "tax_number", "country")
        )
        rows += ContactPerson._base_manager.filter(customer__in=self.ids).values("email", "phone")
        return [{name: str(value or "") for name, value in row.items()} for row in rows]

    @cached_property
    def _known(self) -> set[str]:
        found = self._written_to()
        for model, of in ((Customer, {"pk__in": self.ids}), (ContactPerson, {"customer__in": self.ids})):
            names = [each for each in PERSONAL if any(each == field.name for field in model._meta.fields)]
            past = {("id__in" if key == "pk__in" else "customer_id__in"): value for key, value in of.items()}
            for rows in (model._base_manager.filter(**of), model.history.model._base_manager.filter(**past)):  # type: ignore[attr-defined]
                for row in rows.order_by().values_list(*names).distinct():
                    found |= {str(each).strip() for each in row if each}
        if self.customer.is_erased:  # by now it is called after its number
            found -= set(Customer._base_manager.filter(pk__in=self.ids).values_list("name", flat=True))
            persons = ContactPerson._base_manager.filter(customer__in=self.ids)
            found -= {f"{name}" for name, number in persons.values_list("name", "number") if name.endswith(number)}
        return found

    def _written_to(self) -> set[str]:
        """Addresses of the mails that were written to and by the person."""
        found: set[str] = set()
        for holding in holdings.all_holdings():
            for name in holdings.mail_addresses_of(holding.model_class):
                rows = holding.model_class._base_manager.filter(self._led_to(holding)).order_by()
                found |= {each for each in rows.values_list(name, flat=True).distinct() if each}
        return found

    def _led_to(self, holding: Holding) -> Q:
        model: Any = holding.model_class
        condition = Q(pk__in=[])
        for way in holdings.ways()[holding.model]:
            kind, colon, column = way.partition(":")
            if kind.startswith("@"):
                condition |= self._about_records(kind.removeprefix("@"), column)
            elif colon:
                condition |= self._of_records(model, kind, column)
            else:
                condition |= Q(**{f"{way}__in": self.ids})
        return condition

    def _records_of(self, model: type[Record]) -> QuerySet:
        condition = Q(pk__in=[])
        for way in holdings.ways()[model._meta.label]:
            if ":" not in way:
                condition |= Q(**{f"{way}__in": self.ids})
        return model._base_manager.filter(condition)

    def _about_records(self, content_type: str, column: str) -> Q:
        found = Q(pk__in=[])
        for record, rows in self.records():
            kind = ContentType.objects.get_for_model(record)
            found |= Q(**{content_type: kind, f"{column}__in": rows.order_by().values("pk")})
        return found

    def _of_records(self, model: Any, kind: str, column: str) -> Q:
        is_text = isinstance(model._meta.get_field(column), CharField)
        found = Q(pk__in=[])
        for record, rows in self.records():
            ids: Any = rows.order_by()
            ids = ids.annotate(as_text=Cast("pk", CharField())).values("as_text") if is_text else ids.values("pk")
            found |= Q(**{kind: record.Access.kind, f"{column}__in": ids})  # type: ignore[attr-defined]
        return found

    def _with_merged(self) -> list[int]:
        found, edge = {self.customer.pk}, [self.customer.pk]
        while edge:
            merged = Customer._base_manager.filter(merged_into__in=edge).values_list("pk", flat=True)
            edge = [pk for pk in merged if pk not in found]
            found |= set(edge)
        return sorted(found)


def _spellings_of_phone(text: str) -> set[str]:
    if not re.fullmatch(r"\+?[\d\s().\-/]{6,}", text):
        return set()
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return set()
    forms = phonenumbers.PhoneNumberFormat
    written = {phonenumbers.format_number(parsed, each) for each in (forms.E164, forms.INTERNATIONAL, forms.NATIONAL)}
    return written | {str(parsed.national_number)}


def _tells(text: str) -> bool:
    return len(text) >= (SHORTEST_CHINESE if IS_CJK.search(text) else SHORTEST)


__all__ = ["Person"]
