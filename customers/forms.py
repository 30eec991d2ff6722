"""Forms of customers and contact persons."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.records.forms import RecordForm, Sections
from crm.records.models import Record
from customers.addresses import checking
from customers.addresses.proposal import Proposal, known_region, place_of, propose
from customers.models import ContactPerson, Customer, CustomerRecord


def in_standard_form(sent: QueryDict) -> QueryDict:
    """The typed address as it would be written, and the region of its town."""
    proposal = propose(sent)
    for name, text in proposal.changes.items():
        sent[name] = text
    if proposal.region is not None:
        sent["region"] = str(proposal.region.pk)
    return sent


class CustomerForm(RecordForm):
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")

    sections: ClassVar[Sections] = (
        (
            _("Basic information"),
            ("type", "name", "sex", "birth_date", "occupation", "income_band", "industry", "tax_number"),
        ),
        (
            _("How to reach"),
            ("phone", "email", "address", "district", "city", "province", "postcode", "country", "region", "website"),
        ),
        (
            _("Relationship"),
            ("relation_class", "owner", "unit", "channel", "tags", "became_customer_on"),
        ),
        (_("Needs and background"), ("needs", "preferences", "background")),
        (_("Churn"), ("lost_on", "lost_reason")),
    )
    folded = (_("Churn"),)
    wide = ("address",)
    beside: ClassVar[dict[str, str]] = {"address": "customers/_address_box.html"}
    assistants: ClassVar = {"standard_address": in_standard_form, "check_address": lambda sent: sent}

    class Meta:
        model = Customer
        fields = [
            "type",
            "name",
            "sex",
            "birth_date",
            "occupation",
            "income_band",
            "industry",
            "tax_number",
            "phone",
            "email",
            "address",
            "district",
            "city",
            "province",
            "postcode",
            "country",
            "region",
            "website",
            "relation_class",
            "owner",
            "unit",
            "channel",
            "tags",
            "became_customer_on",
            "needs",
            "preferences",
            "background",
            "lost_on",
            "lost_reason",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new and self.user is not None:
            self.initial.setdefault("owner", self.user.pk)
            self.initial.setdefault("unit", self.user.unit_id)

    @property
    def address_hint(self) -> Proposal:
        return propose(self.data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._set_region(cleaned)
        if self.instance.is_erased:
            self.add_error(None, _("The personal data of this customer was erased. Enter who comes back anew."))
        birth_date, lost_on = cleaned.get("birth_date"), cleaned.get("lost_on")
        if birth_date and birth_date > timezone.localdate():
            self.add_error("birth_date", _("A birth date cannot lie in the future."))
        if lost_on and lost_on > timezone.localdate():
            self.add_error("lost_on", _("This date cannot lie in the future."))
        if self.is_new and not cleaned.get("owner") and not cleaned.get("unit") and "owner" in self.fields:
            cleaned["owner"] = self.user  # nobody enters a customer whom he then cannot see
        return cleaned

    def _set_region(self, cleaned: dict[str, Any]) -> None:
        """The company's region of the town, where nobody chose one: for new customers and those who moved."""
        has_moved = self.is_new or set(self.changed_data) & set(checking.FIELDS)
        if "region" not in self.fields or "region" in self.locked or cleaned.get("region") or not has_moved:
            return
        place = place_of(cleaned)
        if place is not None:
            cleaned["region"] = known_region(place)


class ContactPersonForm(RecordForm):
    sections: ClassVar[Sections] = (
        (_("Person"), ("customer", "name", "position", "phone", "email", "birth_date")),
        (_("Part in decisions"), ("buying_role", "attitude", "is_key_person", "note")),
    )

    class Meta:
        model = ContactPerson
        fields = [
            "customer",
            "name",
            "position",
            "phone",
            "email",
            "birth_date",
            "buying_role",
            "attitude",
            "is_key_person",
            "note",
        ]


class CustomerRecordForm(RecordForm):
    """Base of the forms of everything that happens with a customer.

    Unit, staff and region follow the customer where nobody chooses them; the writer is the staff by default.
    """

    follows = ("staff", "unit", "receiving_unit", "region", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_new and self.user is not None and "staff" in self.fields:
            self.initial.setdefault("staff", self.user.pk)
        if self.is_new and "occurred_at" in self.fields:
            self.fields["occurred_at"].required = False
            self.initial.setdefault("occurred_at", timezone.now().replace(second=0, microsecond=0))

    def clean_occurred_at(self) -> Any:
        return self.cleaned_data.get("occurred_at") or timezone.now()

    def store(self) -> Record:
        record = self.instance
        assert isinstance(record, CustomerRecord)
        record.fill_from_customer()
        return super().store()
