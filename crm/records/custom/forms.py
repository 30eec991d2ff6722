"""The administrator's form of a custom field, with its choices as rows below."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.records.custom import services
from crm.records.custom.models import CustomField, CustomOption
from crm.records.custom.registry import FURTHER
from crm.records.kinds import Kind, kinds

LISTS = {"user": gettext_lazy("user"), "unit": gettext_lazy("department"), "region": gettext_lazy("region")}
MOST_OPTIONS = 100


class CustomFieldForm(forms.ModelForm):
    applies_to = forms.MultipleChoiceField(
        label=gettext_lazy("only for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: for all"),
    )
    related = forms.ChoiceField(
        label=gettext_lazy("points at"), required=False, help_text=gettext_lazy("Where the type is another record")
    )

    class Meta:
        model = CustomField
        fields = [
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "type",
            "related",
            "is_required",
            "applies_to",
            "section",
            "rank",
            "sensitivity",
            "hint",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kinds[self.instance.kind]
        pairs = [(each.key, capfirst(str(each.label))) for each in kinds]
        self.fields["type"].choices = [(code, capfirst(str(text))) for code, text in CustomField.Kind.choices]  # type: ignore[attr-defined]
        self.fields["related"].choices = [
            ("", ""),
            *pairs,
            *((key, capfirst(str(text))) for key, text in LISTS.items()),
        ]  # type: ignore[attr-defined]
        types = _types(self.kind)
        if types:
            self.fields["applies_to"].choices = types  # type: ignore[attr-defined]
        else:
            del self.fields["applies_to"]
        for name in ("type", "related") if self.instance.pk else ():
            self.fields[name].disabled = True
        self.fields["section"].widget.attrs["list"] = "sections"
        self.fields["name"].label = gettext_lazy("name")

    @property
    def sections(self) -> list[str]:
        """Headings to choose from: those of the form, and those other fields made."""
        titles = [str(title) for title, _names in self.kind.form_class.sections]
        own = CustomField.objects.filter(kind=self.kind.key).exclude(section="").values_list("section", flat=True)
        return list(dict.fromkeys([*titles, str(FURTHER), *own]))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        wrong = services.name_is_taken(self.instance, name)
        if wrong:
            raise forms.ValidationError(wrong)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_relation = cleaned.get("type") == CustomField.Kind.RELATION
        if is_relation and not cleaned.get("related"):
            self.add_error("related", _("Say what kind of record the field points at."))
        if not is_relation:
            cleaned["related"] = ""
        return cleaned


class OptionForm(forms.ModelForm):
    class Meta:
        model = CustomOption
        fields = ["name", "name_zh_hans", "name_zh_hant", "rank"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.widget.attrs["class"] = "form-control"
            each.widget.attrs["aria-label"] = str(capfirst(str(each.label)))


class OptionFormSet(forms.BaseInlineFormSet):
    """Rows of choices: those there are, and some to fill in."""

    has_options = True  # whether the type of the field has choices at all

    def clean(self) -> None:
        super().clean()
        kept = [each for each in self.forms if _is_kept(each)]
        if self.has_options and not any(self.errors) and not kept:
            raise forms.ValidationError(_("Give at least one choice."))
        names = [each.cleaned_data["name"].strip().casefold() for each in kept if each.cleaned_data.get("name")]
        if len(names) != len(set(names)):
            raise forms.ValidationError(_("Two choices have the same name."))
        for each in self.deleted_forms if self.instance.pk else ():
            try:
                services.check_unused(self.instance, each.instance)
            except services.OptionInUse as error:
                raise forms.ValidationError(str(error)) from error

    def chosen(self) -> tuple[list[CustomOption], list[CustomOption]]:
        """The choices to keep, in order, and those to remove."""
        removed = [each.instance for each in self.deleted_forms if each.instance.pk]
        return [each.instance for each in self.forms if _is_kept(each)], removed


def option_rows(field: CustomField, data: Any = None) -> OptionFormSet:
    made = forms.inlineformset_factory(
        CustomField,
        CustomOption,
        form=OptionForm,
        formset=OptionFormSet,
        extra=4,
        max_num=MOST_OPTIONS,
        absolute_max=MOST_OPTIONS + 10,
        validate_max=True,
    )
    found: OptionFormSet = made(data, instance=field, prefix="options")
    return found


def _is_kept(form: forms.ModelForm) -> bool:
    if not getattr(form, "cleaned_data", None) or form.cleaned_data.get("DELETE"):
        return False
    return bool(form.instance.pk or form.has_changed())


def _types(kind: Kind) -> list[tuple[str, str]]:
    """The types of a kind that fields may be limited to: persons and organisations."""
    attribute = kind.by_key.get("type")
    return [(str(code), str(label)) for code, label in attribute.choice_pairs()] if attribute else []
