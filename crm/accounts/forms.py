"""Forms of the sign-in, profile and settings pages."""

import io
import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image

from crm.accounts import policy
from crm.accounts.models import (
    AccessRule,
    Company,
    ExchangeRate,
    FieldRight,
    Invitation,
    Region,
    Role,
    Sensitivity,
    Unit,
    User,
)

MAX_LOGO_BYTES = 2 * 1024 * 1024
LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOGO_SIZE = (512, 256)

CURRENCIES = [
    ("CNY", _("Chinese yuan")),
    ("HKD", _("Hong Kong dollar")),
    ("TWD", _("New Taiwan dollar")),
    ("USD", _("US dollar")),
    ("EUR", _("euro")),
    ("GBP", _("pound sterling")),
    ("JPY", _("Japanese yen")),
    ("KRW", _("South Korean won")),
    ("SGD", _("Singapore dollar")),
    ("MYR", _("Malaysian ringgit")),
    ("THB", _("Thai baht")),
    ("VND", _("Vietnamese dong")),
    ("IDR", _("Indonesian rupiah")),
    ("PHP", _("Philippine peso")),
    ("INR", _("Indian rupee")),
    ("AUD", _("Australian dollar")),
    ("NZD", _("New Zealand dollar")),
    ("CAD", _("Canadian dollar")),
    ("CHF", _("Swiss franc")),
    ("SEK", _("Swedish krona")),
    ("NOK", _("Norwegian krone")),
    ("DKK", _("Danish krone")),
    ("PLN", _("Polish zloty")),
    ("CZK", _("Czech koruna")),
    ("BRL", _("Brazilian real")),
    ("MXN", _("Mexican peso")),
    ("ZAR", _("South African rand")),
    ("AED", _("UAE dirham")),
]


def currency_choices() -> list[tuple[str, str]]:
    return [(code, f"{code} · {name}") for code, name in CURRENCIES]


def time_zone_choices() -> list[tuple[str, str]]:
    zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones)]


class TreeChoiceField(forms.ModelChoiceField):
    """A node of a tree, indented by its depth."""

    def label_from_instance(self, node: Any) -> str:
        return "\u2003" * (node.depth - 1) + str(node)


class CompanyForm(forms.ModelForm):
    currency = forms.ChoiceField(
        label=_("Base currency"),
        choices=lazy(currency_choices, list),
        help_text=_("All figures are shown in it. Choose it once: amounts already recorded are not converted."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    fiscal_year_start = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), coerce=int, choices=list(MONTHS.items())
    )

    class Meta:
        model = Company
        fields = [
            *("name", "currency", "time_zone", "fiscal_year_start", "language", "logo"),
            *("watermark", "watermark_text", "watermark_in_csv"),
        ]
        labels = {
            "name": _("Company name"),
            "language": _("Language"),
            "logo": _("Logo"),
            "watermark": _("Watermark on every page, print and exported file"),
            "watermark_text": _("Text of the watermark"),
            "watermark_in_csv": _("Also as the last line of CSV files"),
        }
        help_texts = {
            "language": _("For readers who have not chosen one."),
            "logo": _("PNG, JPEG, WebP or GIF, at most 2 MB."),
            "watermark": _("Shows who is signed in and the time. It hides nothing and can be clicked through."),
            "watermark_text": _("Stands behind name and time, such as “Confidential”."),
            "watermark_in_csv": _(
                "Programs that read such a file see one row more. The name of the file says it anyway."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("currency", "time_zone"):
            kept = getattr(self.instance, name)
            field: Any = self.fields[name]
            if kept and kept not in dict(field.choices):
                field.choices = [(kept, kept), *field.choices]

    def clean_logo(self) -> Any:
        logo = self.cleaned_data.get("logo")
        return checked_logo(logo) if logo and "logo" in self.changed_data else logo


def checked_logo(upload: Any) -> ContentFile:
    """The picture drawn again as PNG: what is not a picture does not survive that."""
    if upload.size > MAX_LOGO_BYTES:
        raise ValidationError(_("The logo must be smaller than 2 MB."))
    upload.seek(0)
    try:
        with Image.open(upload, formats=LOGO_FORMATS) as picture:
            drawn = picture.convert("RGBA")
            drawn.thumbnail(LOGO_SIZE)
            kept = io.BytesIO()
            drawn.save(kept, "PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This file is not a picture that can be shown.")) from error
    return ContentFile(kept.getvalue(), name="logo.png")


class NewUserForm(UserCreationForm):
    """Name and password of a user who is new: the first administrator, or somebody invited."""

    class Meta:
        model = User
        fields = ["last_name", "first_name", "username"]
        labels = {"username": _("User name"), "last_name": _("Last name"), "first_name": _("First name")}
        help_texts = {"username": _("For signing in; letters, digits and . + - _")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)

    def clean_username(self) -> str:
        username = super().clean_username()
        if username and "@" in username:
            raise ValidationError(_("A user name has no @: you can always sign in with your e-mail address too."))
        return username


class FirstAdministratorForm(NewUserForm):
    class Meta(NewUserForm.Meta):
        fields = ["last_name", "first_name", "username", "email"]
        labels = {**NewUserForm.Meta.labels, "email": _("E-mail")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["last_name", "first_name", "phone", "language", "time_zone", "wants_digest"]
        labels = {
            "last_name": _("Last name"),
            "first_name": _("First name"),
            "phone": _("Phone"),
            "language": _("Language"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = [("", _("Time zone of the company")), *time_zone_choices()]
        language: Any = self.fields["language"]
        language.choices = [("", _("Language of the browser")), *settings.LANGUAGES]


class PlacesMixin(forms.Form):
    """Role, department and region of a user."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all())
    unit = TreeChoiceField(label=_("Department"), queryset=Unit.objects.all(), required=False)
    region = TreeChoiceField(label=_("Region"), queryset=Region.objects.all(), required=False)


class UserForm(PlacesMixin, forms.ModelForm):
    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.objects.all(),
        required=False,
        empty_label=_("No role: sees nothing"),
    )

    class Meta:
        model = User
        fields = ["last_name", "first_name", "email", "phone", "role", "unit", "region", "language"]
        labels = {
            "last_name": _("Last name"),
            "first_name": _("First name"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "language": _("Language"),
        }


class InvitationForm(PlacesMixin, forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role", "unit", "region", "language"]
        labels = {"email": _("E-mail"), "language": _("Language")}

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("There is a user with this e-mail address already."))
        return email


class TreeNodeForm(forms.ModelForm):
    """A department or region; choosing another parent moves it with everything below it."""

    parent: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes: Any = self._meta.model
        queryset = nodes.objects.all()
        if self.instance.pk:
            queryset = queryset.exclude(path__startswith=self.instance.path)
        self.fields["parent"] = TreeChoiceField(
            label=_("Part of"), queryset=queryset, required=False, empty_label=_("None: stands at the top")
        )
        self.fields["parent"].initial = self.instance.parent_id


NODE_LABELS = {
    "code": _("Code"),
    "name": _("Name"),
    "name_zh_hans": _("Name in Simplified Chinese"),
    "name_zh_hant": _("Name in Traditional Chinese"),
}


class UnitForm(TreeNodeForm):
    class Meta:
        model = Unit
        fields = ["code", "name", "name_zh_hans", "name_zh_hant", "parent", "is_branch"]
        labels = {**NODE_LABELS, "is_branch": _("Is a branch")}


class RegionForm(TreeNodeForm):
    class Meta:
        model = Region
        fields = ["code", "name", "name_zh_hans", "name_zh_hant", "parent", "country"]
        labels = {**NODE_LABELS, "country": _("Country code")}

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise ValidationError(_("Two letters, such as CN."))
        return country


class ExchangeRateForm(forms.ModelForm):
    currency = forms.ChoiceField(label=_("Currency"), choices=lazy(currency_choices, list))

    class Meta:
        model = ExchangeRate
        fields = ["currency", "valid_from", "rate"]
        labels = {"valid_from": _("Valid from"), "rate": _("Rate")}
        widgets = {"valid_from": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
        help_texts = {"rate": _("What one unit of this currency is worth in the base currency.")}

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        self.fields["valid_from"].initial = timezone.localdate

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"]
        if currency == self.base:
            raise ValidationError(_("The base currency needs no rate."))
        return currency


class RoleForm(forms.ModelForm):
    copy_of = forms.ModelChoiceField(label=_("Begin with the rights of"), queryset=Role.objects.all(), required=False)

    class Meta:
        model = Role
        fields = [
            "code", "name", "name_zh_hans", "name_zh_hant", "home", "is_administrator", "may_manage_analysis",
            "may_handle_privacy",
        ]  # fmt: skip
        labels = {
            **NODE_LABELS,
            "home": _("Home page"),
            "is_administrator": _("Manages users and settings"),
            "may_manage_analysis": _("Sets analysis rules and segments"),
            "may_handle_privacy": _("Hands out and erases personal data"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["copy_of"]
            self.fields["code"].disabled = True  # code is what data and migrations know a role by


class RightsForm(forms.Form):
    """All rights of one role: a row for each kind of record, a row for each sensitivity of fields."""

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        self.rules = {rule.kind: rule for rule in role.rules.all()}
        self.levels = {(right.kind, right.sensitivity): right.level for right in role.field_rights.all()}
        for kind, label in policy.kinds():
            self._add_rule(kind, label, self.rules.get(kind) or AccessRule(role=role, kind=kind))
        for kind in ("", *(kind for kind, _label in policy.kinds())):
            for sensitivity in Sensitivity.values:
                self._add_level(kind, sensitivity)

    def _add_rule(self, kind: str, label: Any, rule: AccessRule) -> None:
        for action in policy.SCOPES:
            said = f"{label} · {policy.name_of_right(action)}"
            self.fields[f"{kind}-{action}"] = forms.ChoiceField(
                choices=AccessRule.Scope.choices,
                initial=getattr(rule, action),
                label=said,
                widget=forms.Select(attrs={"class": "form-select form-select-sm", "aria-label": said}),
            )
        for right in policy.SWITCHES:
            said = f"{label} · {policy.name_of_right(right)}"
            self.fields[f"{kind}-{right}"] = forms.BooleanField(
                required=False,
                initial=getattr(rule, right),
                label=said,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input", "aria-label": said}),
            )

    def _add_level(self, kind: str, sensitivity: str) -> None:
        choices: list[tuple[str, Any]] = list(FieldRight.Level.choices)
        initial = self.levels.get((kind, sensitivity), "")
        if kind:
            choices.insert(0, ("", _("as for every kind")))
        elif not initial:
            initial = FieldRight.Level.WRITE if sensitivity == Sensitivity.PUBLIC else FieldRight.Level.MASKED
        self.fields[f"field-{kind}-{sensitivity}"] = forms.ChoiceField(
            choices=choices,
            initial=initial,
            required=not kind,
            label=Sensitivity(sensitivity).label,
            widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
        )
        if kind:
            said = f"{dict(policy.kinds())[kind]} · {Sensitivity(sensitivity).label}"
            self.fields[f"field-{kind}-{sensitivity}"].widget.attrs["aria-label"] = said

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind, label in policy.kinds():
            view = data.get(f"{kind}-view", "")
            for action in ("change", "delete"):
                if not policy.is_within(data.get(f"{kind}-{action}", ""), view):
                    self.add_error(
                        f"{kind}-{action}",
                        _("%(kind)s: nobody can change or delete more than they may view.") % {"kind": label},
                    )
        return data

    def rows(self) -> list[dict[str, Any]]:
        """The kinds with their bound fields, for the template."""
        return [
            {
                "label": label,
                "scopes": [self[f"{kind}-{action}"] for action in policy.SCOPES],
                "switches": [self[f"{kind}-{right}"] for right in policy.SWITCHES],
            }
            for kind, label in policy.kinds()
        ]

    def general_levels(self) -> list[Any]:
        return [self[f"field--{sensitivity}"] for sensitivity in Sensitivity.values]

    def level_rows(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "levels": [self[f"field-{kind}-{each}"] for each in Sensitivity.values]}
            for kind, label in policy.kinds()
        ]

    def rights(self) -> policy.Rights:
        """What was chosen, in the shape that `policy.save` takes."""
        data = self.cleaned_data
        kinds = [kind for kind, _label in policy.kinds()]
        return policy.Rights(
            rules={
                kind: {right: data[f"{kind}-{right}"] for right in (*policy.SCOPES, *policy.SWITCHES)} for kind in kinds
            },
            levels={
                (kind, each): data[f"field-{kind}-{each}"]
                for kind in ("", *kinds)
                for each in Sensitivity.values
                if data[f"field-{kind}-{each}"]
            },
        )
