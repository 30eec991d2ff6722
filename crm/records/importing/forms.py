"""What the pages of an import ask."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from crm.records import lookups
from crm.records.attributes import Attribute, Type
from crm.records.importing import tidying
from crm.records.importing.files import SUFFIXES, Sample
from crm.records.importing.general import GeneralImporter
from crm.records.importing.models import ImportJob
from crm.records.importing.registry import Importer
from crm.records.importing.wizard import Choices, Preview, may_refuse_similar
from crm.records.widgets import RemoteSelect

EMPTY = "-"  # the code of "leave it empty"
ENCODINGS = [("", _("recognise it")), ("utf-8", "UTF-8"), ("gb18030", "GBK"), ("big5", "Big5"), ("cp1252", "Windows")]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("file"), allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        largest = settings.MAX_UPLOAD_BYTES
        self.fields["file"].widget.attrs |= {"accept": ",".join(sorted(SUFFIXES)), "data-largest": largest}
        self.fields["file"].help_text = _("CSV (UTF-8, GBK or Big5), also as .gz, or a workbook; up to %(size)s.") % {
            "size": filesizeformat(largest)
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(too_large())
        return file


def too_large() -> str:
    return _("The file is larger than %(size)s. Cut it into several files.") % {
        "size": filesizeformat(settings.MAX_UPLOAD_BYTES)
    }


class ChoicesForm(forms.Form):
    """Columns to fields, and how the file is to be taken."""

    mode = forms.ChoiceField(label=_("what to do"), choices=ImportJob.Mode.choices, required=False)
    keys = forms.MultipleChoiceField(
        label=_("records are known by"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    date_order = forms.ChoiceField(
        label=_("order in dates"),
        required=False,
        choices=[("", _("recognise it")), ("dmy", _("day first")), ("mdy", _("month first"))],
    )
    encoding = forms.ChoiceField(label=_("encoding"), choices=ENCODINGS, required=False)
    sheet = forms.ChoiceField(label=_("sheet"), required=False)
    refuse_similar = forms.BooleanField(label=_("hold back rows that may be known already"), required=False)
    refuse_similar.widget.attrs["class"] = "form-check-input"
    tidy = forms.MultipleChoiceField(
        label=_("put in order"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(
        self, data: Any, *, importer: Importer, sample: Sample, choices: Choices, found: Preview, user: Any
    ) -> None:
        super().__init__(data, initial=choices.as_dict())
        self.importer, self.sample, self.choices = importer, sample, choices
        fields = importer.fields(user)
        labels = [(each.key, each.label) for each in fields]
        self.fields["keys"].choices = [(key, label) for key, label in labels if key not in {"created_at", "created_by"}]
        self.fields["sheet"].choices = [("", "–"), *((name, name) for name in sample.sheets)]
        if not importer.can_update:
            del self.fields["mode"], self.fields["keys"]
        if not may_refuse_similar(importer):
            del self.fields["refuse_similar"]
        self.fields["tidy"].choices = self._tidyings(set(choices.mapping.values()))
        if not self.fields["tidy"].choices:
            del self.fields["tidy"]
        if len(sample.sheets) < 2:
            del self.fields["sheet"]
        if not sample.encoding or sample.encoding == "utf-16":
            del self.fields["encoding"]
        options = [("", _("– not imported –")), *labels]
        for place, column in enumerate(sample.columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=options,
                initial=choices.mapping.get(column, ""),
                widget=forms.Select(attrs={"class": "form-select form-select-sm w-auto"}),
            )
        self.user = user
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select) and not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "form-select form-select-sm")
        self.texts: list[tuple[str, str, str, int]] = []  # name of the control, key, text, how often
        for unknown in found.unknown:
            self._ask(unknown["key"], unknown["texts"])

    def _ask(self, key: str, texts: list[tuple[str, int]]) -> None:
        if not isinstance(self.importer, GeneralImporter):
            return
        attribute = self.importer.kind.attribute(key)
        told = self.choices.values.get(key, {})
        for place, (text, count) in enumerate(texts):
            name = f"value-{key}-{place}"
            self.fields[name] = _field_for(attribute, self.user, told.get(text))
            self.fields[name].label = f"{attribute.label}: {text}"
            if attribute.type == Type.RELATION:
                self.fields[f"{name}-empty"] = forms.BooleanField(
                    label=_("leave it empty"),
                    required=False,
                    initial=told.get(text) == "",
                    widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
                )
            self.texts.append((name, key, text, count))

    def _tidyings(self, mapped: set[str]) -> list[tuple[str, Any]]:
        if not isinstance(self.importer, GeneralImporter):
            return []
        return [(each.key, each.label) for each in tidying.of(self.importer.kind.key) if each.fields & mapped]

    def key_boxes(self) -> list[Any]:
        """Only fields that a column is given for can be keys."""
        given = {self[f"column-{place}"].value() for place in range(len(self.sample.columns))}
        return [box for box in self["keys"] if box.data["value"] in given]

    def columns(self) -> list[dict[str, Any]]:
        """Each column with the first things that stand in it."""
        found = []
        for place, column in enumerate(self.sample.columns):
            cells = (row[1][place] for row in self.sample.rows[:200] if place < len(row[1]) and row[1][place].strip())
            examples = list(dict.fromkeys(text[:60] for text in cells))[:3]
            found.append({"name": column, "control": self[f"column-{place}"], "examples": examples})
        return found

    def asked_values(self) -> list[dict[str, Any]]:
        return [
            {
                "control": self[name],
                "empty": self[f"{name}-empty"] if f"{name}-empty" in self.fields else None,
                "label": self.importer.kind.attribute(key).label,  # type: ignore[attr-defined]
                "text": text,
                "count": count,
            }
            for name, key, text, count in self.texts
        ]

    def chosen(self) -> Choices:
        """What was entered, once the form is valid."""
        entered = self.cleaned_data
        mapping = {column: entered[f"column-{place}"] for place, column in enumerate(self.sample.columns) if column}
        values: dict[str, dict[str, str]] = {}
        for name, key, text, _count in self.texts:
            value = entered.get(name)
            if entered.get(f"{name}-empty") or value == EMPTY:
                values.setdefault(key, {})[text] = ""
            elif value:
                values.setdefault(key, {})[text] = str(getattr(value, "pk", value))
        return Choices(
            preset=self.choices.preset,
            mapping=mapping,
            values=values,
            mode=entered.get("mode") or ImportJob.Mode.CREATE.value,
            keys=entered.get("keys") or [],
            date_order=entered.get("date_order", ""),
            encoding=entered.get("encoding", ""),
            sheet=entered.get("sheet", ""),
            refuse_similar=entered.get("refuse_similar", False),
            tidy=entered.get("tidy") or [],
        )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        used: dict[str, str] = {}
        for place, column in enumerate(self.sample.columns):
            key = entered.get(f"column-{place}")
            if key and key in used:
                self.add_error(
                    f"column-{place}", _("“%(column)s” is given for this field already.") % {"column": used[key]}
                )
            elif key:
                used[key] = column
        for key in entered.get("keys") or []:
            if key not in used:
                self.add_error("keys", _("Records can be known only by a field that a column is given for."))
        if entered.get("mode") in {"update", "both"} and not entered.get("keys") and "number" not in used:
            self.add_error("keys", _("Choose by which field the records to be changed are known."))
        return entered


def _field_for(attribute: Attribute, user: Any, told: str | None) -> forms.Field:
    if attribute.type == Type.CHOICE:
        pairs = [(str(code), label) for code, label in attribute.choice_pairs()]
        return forms.ChoiceField(
            required=False,
            widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            initial=EMPTY if told == "" else told,
            choices=[("", _("– not yet –")), (EMPTY, _("leave it empty")), *pairs],
        )
    lookup = lookups.get(attribute.related)
    attrs = {"class": "form-select form-select-sm"}
    return forms.ModelChoiceField(
        lookup.queryset(user), required=False, initial=told or None, widget=RemoteSelect(attribute.related, attrs=attrs)
    )
