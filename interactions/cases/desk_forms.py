"""Forms of the service desk: what is asked when a case is closed, taken up again, answered, merged or split."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Unit, User
from crm.records import privacy
from crm.records.kinds import kinds
from crm.records.widgets import DateInput
from customers.models import ContactPerson
from interactions.cases import replies
from interactions.cases.desk_models import CaseMessage, OpenHours, SavedReply, ServiceTarget, SpecialDay, of
from interactions.cases.models import Case, Complaint, Enquiry, FailureCause

MOST_COLLEAGUES = 100


def colleagues(case: Complaint | Enquiry | None, user: User) -> QuerySet[User]:
    """Whom a case may be given to: the people of the department that handles it."""
    unit = (case.receiving_unit or case.unit if case else None) or user.unit
    people = User.objects.filter(is_active=True, role__isnull=False)
    if unit is not None:
        people = people.filter(unit__in=Unit.objects.below(unit)) | people.filter(pk=user.pk)
    return people.order_by("first_name", "last_name", "username")[:MOST_COLLEAGUES]


class _PeopleField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def offer(self, people: QuerySet[User]) -> None:
        """A cut queryset cannot be filtered further, so the field gets the ids."""
        self.queryset = User.objects.filter(pk__in=[each.pk for each in people])


class MoveForm(forms.Form):
    """Base of what a board asks on the way."""

    wide: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, *, record: Any, user: User) -> None:
        super().__init__(data)
        self.record, self.user = record, user


class CloseForm(MoveForm):
    """How it ended. What was not solved says why, and may promise a remedy with its day."""

    wide = ("remedy",)

    outcome = forms.ChoiceField(label=_("outcome"), choices=[("", ""), *Case.Outcome.choices])
    failure_cause = forms.ModelChoiceField(
        FailureCause.objects.none(),
        label=_("cause of failure"),
        required=False,
        help_text=_("Needed where it was not or only partly solved."),
    )
    solution = forms.CharField(
        label=_("solution"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    remedy = forms.CharField(
        label=_("remedy promised to the customer"),
        required=False,
        max_length=200,
        help_text=_("Such as a free replacement: it becomes a task."),
    )
    remedy_due_on = forms.DateField(label=_("remedy due on"), required=False, widget=DateInput())
    remedy_staff = _PeopleField(label=_("who sees to the remedy"), required=False)

    def __init__(self, data: Any = None, *, record: Any, user: User) -> None:
        super().__init__(data, record=record, user=user)
        self.fields["failure_cause"].queryset = FailureCause.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["remedy_staff"].offer(colleagues(record, user))  # type: ignore[attr-defined]
        self.initial["remedy_staff"] = record.staff_id
        if isinstance(record, Enquiry):
            del self.fields["failure_cause"]
            self.fields["solution"].label = _("answer")
            self.initial["solution"] = record.answer
        else:
            self.initial |= {"solution": record.solution, "failure_cause": record.failure_cause_id}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_unsolved = cleaned.get("outcome") in {Case.Outcome.PARTLY, Case.Outcome.NOT_SOLVED}
        if "failure_cause" in self.fields and is_unsolved and not cleaned.get("failure_cause"):
            self.add_error("failure_cause", _("Say why it could not be solved."))
        if cleaned.get("remedy") and not cleaned.get("remedy_due_on"):
            self.add_error("remedy_due_on", _("Say by when the remedy is done."))
        if cleaned.get("remedy_due_on") and not cleaned.get("remedy"):
            self.add_error("remedy", _("Say what is done by then."))
        return cleaned


class ReopenForm(MoveForm):
    wide = ("reason",)

    reason = forms.CharField(label=_("reason for taking it up again"), max_length=300)


class RemedyForm(forms.Form):
    text = forms.CharField(label=_("remedy"), max_length=200)
    due_on = forms.DateField(label=_("due on"), widget=DateInput())


class AssignForm(forms.Form):
    staff = _PeopleField(label=_("staff"), required=False)

    def __init__(self, data: Any = None, *, case: Complaint | Enquiry | None, user: User) -> None:
        super().__init__(data)
        self.fields["staff"].offer(colleagues(case, user))  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A mail to the customer, or to one of its persons."""

    to = forms.ChoiceField(label=_("to"))
    subject = forms.CharField(label=_("subject"), max_length=200)
    text = forms.CharField(label=_("text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 7}))
    and_wait = forms.BooleanField(label=_("Wait for the customer's answer (the clock stops)"), required=False)

    def __init__(self, data: Any = None, *, case: Complaint | Enquiry, user: User, initial: Any = None) -> None:
        super().__init__(data, initial={"subject": case.title, **(initial or {})})
        self.addressees = addressees(case, user)
        self.fields["to"].choices = [(key, label) for key, (label, _name, _address) in self.addressees.items()]  # type: ignore[attr-defined]
        self.fields["to"].error_messages["invalid_choice"] = _("Choose one of the customer's addresses.")

    @property
    def chosen(self) -> dict[str, str]:
        _label, person, address = self.addressees[self.cleaned_data["to"]]
        return {"person": person, "address": address}

    def clean_subject(self) -> str:
        """One line: whatever follows a line break would be a header of the mail."""
        return " ".join(self.cleaned_data["subject"].split())

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        left = [name for name in replies.PLACE.findall(text) if name in replies.PLACEHOLDERS]
        if left:
            raise forms.ValidationError(
                _("Nothing was put in for %(names)s."), params={"names": ", ".join(f"{{{each}}}" for each in left)}
            )
        return text


def addressees(case: Complaint | Enquiry, user: User) -> dict[str, tuple[str, str, str]]:
    """Whom a mail may go to: key -> (label as the reader may see it, name, address)."""
    found: dict[str, tuple[str, str, str]] = {}
    customer = case.customer
    if customer.email:
        found["customer"] = (_label("customer", customer, user), customer.name, customer.email)
    for person in ContactPerson.objects.kept().filter(customer=customer).exclude(email="").order_by("pk")[:50]:
        found[f"person-{person.pk}"] = (_label("contact_person", person, user), person.name, person.email)
    return found


def _label(key: str, record: Any, user: User) -> str:
    kind = kinds[key]
    attribute = kind.attribute("email")
    from crm.records import values

    if not privacy.may_see(kind, attribute, user):
        return str(record)
    return f"{record} <{values.show(kind, attribute, record, user).text}>"


class NoteForm(forms.Form):
    text = forms.CharField(label=_("internal note"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))


class MergeForm(forms.Form):
    """Which other case of the same customer is the same matter."""

    duplicate = forms.ModelChoiceField(Complaint.objects.none(), label=_("the other case"), empty_label=None)

    def __init__(self, data: Any = None, *, case: Complaint | Enquiry, user: User) -> None:
        super().__init__(data)
        rows = type(case).objects.changeable_by(user).filter(customer=case.customer).exclude(pk=case.pk)
        field = self.fields["duplicate"]
        field.queryset = rows.order_by("-received_at", "-pk")  # type: ignore[attr-defined]
        field.label_from_instance = lambda each: f"{each.number} · {each.title}"  # type: ignore[attr-defined]
        self.has_choice = rows.exists()


class SplitForm(forms.Form):
    """The second matter, and which messages belong to it."""

    wide: ClassVar[tuple[str, ...]] = ("title", "messages")

    title = forms.CharField(label=_("subject of the new case"), max_length=200)
    description = forms.CharField(
        label=_("description"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    messages = forms.ModelMultipleChoiceField(
        CaseMessage.objects.none(),
        label=_("messages that go along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, case: Complaint | Enquiry) -> None:
        super().__init__(data)
        rows = CaseMessage.objects.filter(**of(case)).exclude(direction=CaseMessage.Direction.EVENT)
        field = self.fields["messages"]
        field.queryset = rows  # type: ignore[attr-defined]
        field.label_from_instance = _of_message  # type: ignore[attr-defined]


def _of_message(message: CaseMessage) -> str:
    moment = timezone.localtime(message.at)
    return f"{moment:%Y-%m-%d %H:%M} · {message.get_direction_display()} · {message}"


# Settings ---------------------------------------------------------------------------------------------------------


class HoursForm(forms.ModelForm):
    class Meta:
        model = OpenHours
        fields = ["weekday", "opens_at", "closes_at"]
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("opens_at", "closes_at")}


class SpecialDayForm(forms.ModelForm):
    class Meta:
        model = SpecialDay
        fields = ["on", "name", "opens_at", "closes_at"]
        widgets = {
            "on": DateInput(),
            **{name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("opens_at", "closes_at")},
        }


class TargetForm(forms.ModelForm):
    class Meta:
        model = ServiceTarget
        fields = ["kind", "tier", "severity", "reply_hours", "solve_hours", "in_business_hours"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "tier", "severity"):
            field = self.fields[name]
            field.choices = [("", _("any")), *[each for each in field.choices if each[0]]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == ServiceTarget.Kind.ENQUIRY and cleaned.get("severity"):
            self.add_error("severity", _("Enquiries have no severity."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Empty texts take part in the uniqueness: any kind, any tier and any severity is one class of cases too."""
        return super()._get_validation_exclusions() - {"kind", "tier", "severity"}


class SavedReplyForm(forms.ModelForm):
    class Meta:
        model = SavedReply
        fields = ["name", "language", "kind", "subject", "text", "is_active"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "text"):
            unknown = replies.unknown_in(cleaned.get(name) or "")
            if unknown:
                places = ", ".join(f"{{{each}}}" for each in unknown)
                known = ", ".join(f"{{{each}}}" for each in replies.PLACEHOLDERS)
                text = _("There is no placeholder %(places)s. Known are %(known)s.")
                self.add_error(name, forms.ValidationError(text, params={"places": places, "known": known}))
        return cleaned
