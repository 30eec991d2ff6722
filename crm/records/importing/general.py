"""Every kind of record from its declaration: columns mapped to attributes, values read by type, written by its form.

The form is the one of pages and API, so an imported row is held to the same rules as a typed one, and its deadlines,
tasks and search index come about the same way.
"""

import zoneinfo
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import lookups, privacy, services
from crm.records.attributes import Attribute, Type
from crm.records.importing.engine import Provenance
from crm.records.importing.mapping import Field, in_every_language, map_columns, unused
from crm.records.importing.problems import BadValue, FileRefused, Row, RowError
from crm.records.importing.readers import Source
from crm.records.importing.registry import Importer, Request
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.importing.values import (
    cleaned,
    dates_read,
    day_or_month_first,
    folded,
    needs_a_choice,
    parse_boolean,
    parse_date,
    parse_number,
    parse_ratio,
)
from crm.records.kinds import Kind
from crm.records.models import Record

ROWS_AT_ONCE = 100  # per transaction, about a second
SAMPLE_ROWS = 5_000
KNOWN_BY = ("number", "code", "username", "email", "name", "name_zh_hans", "name_zh_hant")
BETWEEN_SEVERAL = str.maketrans(";、，|", ",,,,")

# Other headings of attributes: of one kind ("customer.number"), or whatever the kind.
HEADINGS: dict[str, tuple[str, ...]] = {
    "customer.number": ("customer id", "customer no", "customer code", "客户编号", "客户号", "客戶編號", "客戶號"),
    "customer.name": ("customer", "company", "客户", "客戶", "客户名称", "客戶名稱", "公司", "公司名称"),
    "product.number": (
        "product code",
        "sku",
        "stock code",
        "商品编号",
        "产品编号",
        "商品編號",
        "產品編號",
        "货号",
        "貨號",
    ),
    "product.name": ("product", "description", "商品", "产品", "產品", "商品名称", "产品名称"),
    "number": ("no", "id", "code", "编号", "編號", "代码", "代碼"),
    "name": ("full name", "title", "姓名", "名称", "名稱"),
    "phone": ("mobile", "mobile phone", "telephone", "tel", "手机", "手機", "电话", "電話", "联系电话", "聯絡電話"),
    "email": ("mail", "e mail", "email address", "邮箱", "郵箱", "电子邮件", "電子郵件"),
    "birth_date": ("birthday", "date of birth", "born", "生日", "出生日期"),
    "sex": ("gender", "性别", "性別"),
    "address": ("street", "地址"),
    "city": ("town", "城市"),
    "country": ("nation", "国家", "國家"),
    "region": ("province", "state", "area", "省份", "地区", "地區"),
    "customer": ("customer number", "customer id", "customer no", "客户", "客戶", "客户编号", "客戶編號"),
    "product": ("product code", "product number", "sku", "产品编号", "產品編號"),
    "occurred_at": ("date", "time", "day", "日期", "时间", "時間"),
    "staff": ("owner", "employee", "sales rep", "员工", "員工"),
    "unit": ("department", "branch", "部门", "部門"),
}

# How a choice is read where its labels are not all that people write; by key of the attribute.
CHOICE_READERS: dict[str, Callable[[str], str]] = {}


class GeneralImporter(Importer):
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.name = kind.path

    def attributes(self, user: User | None) -> list[Attribute]:
        """What a file may bring: the number, and whatever this user may write on the form."""
        fields = self.kind.form_class.base_fields
        return [
            each
            for each in self.kind.attributes
            if each.is_importable
            and (each.key == "number" or each.source in fields)
            and privacy.may_write(self.kind, each, user)
        ]

    def fields(self, user: User | None) -> list[Field]:
        return [Field(each.key, each.label, self._headings(each.key)) for each in self.attributes(user)]

    def _headings(self, key: str) -> tuple[str, ...]:
        return HEADINGS.get(f"{self.kind.key}.{key}", ()) + HEADINGS.get(key, ())

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        if request.user is not None and request.may_create and not access.may_create(self.kind.key, request.user):
            raise PermissionDenied
        mapped = map_columns(source.columns, self.fields(request.user), request.mapping)
        self._check(request, source, mapped)
        summary.unused_columns = unused(source.columns, mapped)
        zone = Company.objects.current().zone
        reader = RecordReader(self.kind, source, mapped, request, zone)
        writer = RecordWriter(self.kind, request, summary)
        with timezone.override(zone):
            rows = source.rows()
            while chunk := list(islice(rows, ROWS_AT_ONCE)):
                with transaction.atomic():
                    self._take(chunk, reader, writer, summary, errors)
                request.progress(source.share_read(), _("importing"))

    def _take(
        self,
        rows: list[Row],
        reader: "RecordReader",
        writer: "RecordWriter",
        summary: ImportSummary,
        errors: ErrorFile,
    ) -> None:
        for row in rows:
            summary.rows += 1
            found = reader.read(row)
            problem = found if isinstance(found, RowError) else reader.problem(row, writer.write(found))
            if problem is not None:
                errors.add(problem)

    def _check(self, request: Request, source: Source, mapped: dict[str, int]) -> None:
        if not mapped:
            names = ", ".join(field.key for field in self.fields(request.user))
            raise FileRefused(
                _("No column of the file is known. Its columns are: %(columns)s. The fields are: %(fields)s.")
                % {"columns": ", ".join(source.columns), "fields": names}
            )
        if request.update_by and request.update_by not in mapped:
            raise FileRefused(
                _("The file has no column for %(field)s, by which records are to be found.")
                % {"field": request.update_by}
            )
        if request.update_by or not request.may_create:
            return
        missing = [
            field.label or name
            for name, field in self.kind.form_class(user=request.user).fields.items()
            if _must_be_given(field, name, self.kind) and not any(self.kind.attribute(k).source == name for k in mapped)
        ]
        if missing:
            raise FileRefused(
                _("The file has no column for %(fields)s. Its columns are: %(columns)s.")
                % {"fields": ", ".join(map(str, missing)), "columns": ", ".join(source.columns)}
            )


class RecordReader:
    """Rows of text into values by the key of their attribute, or into what is wrong with them."""

    def __init__(
        self, kind: Kind, source: Source, mapped: dict[str, int], request: Request, zone: zoneinfo.ZoneInfo
    ) -> None:
        self.columns = source.columns
        self.mapped = mapped
        style = self._date_order(kind, source, request.date_order)
        self._moment = dates_read(style, zone)
        self._style = style
        self._related = Related(request.user)
        self._choices = {
            each.key: _choices_by_name(each) for each in map(kind.attribute, mapped) if each.type == Type.CHOICE
        }
        self._attributes = [(kind.attribute(key), place) for key, place in mapped.items()]

    def read(self, row: Row) -> dict[str, Any] | RowError:
        if row.problem:
            return RowError(row.number, "", row.problem, row.cells)
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for attribute, place in self._attributes:
            text = cleaned(row.cells[place])
            if not text:
                continue  # an empty cell says nothing; it does not erase
            try:
                values[attribute.key] = self._value(attribute, text)
            except BadValue as error:
                problems[attribute.key] = str(error.message)
        return self.problem(row, problems) or values

    def problem(self, row: Row, problems: dict[str, str]) -> RowError | None:
        """`problems`: key of an attribute, or "" for the row, -> what is wrong."""
        if not problems:
            return None
        columns = [self.columns[self.mapped[key]] if key in self.mapped else key for key in problems if key]
        return RowError(row.number, ", ".join(columns), " ".join(problems.values()), row.cells)

    def _value(self, attribute: Attribute, text: str) -> Any:
        match attribute.type:
            case Type.NUMBER | Type.MONEY:
                return parse_number(text)
            case Type.RATIO:
                return parse_ratio(text)
            case Type.DATE:
                return parse_date(text, self._style)
            case Type.MOMENT:
                return self._moment(text)
            case Type.BOOLEAN:
                return parse_boolean(text)
            case Type.CHOICE:
                return self._choice(attribute, text)
            case Type.RELATION if attribute.is_multiple:
                parts = [part.strip() for part in text.translate(BETWEEN_SEVERAL).split(",")]
                return [self._related.find(attribute, part) for part in parts if part]
            case Type.RELATION:
                return self._related.find(attribute, text)
        return text

    def _choice(self, attribute: Attribute, text: str) -> str:
        code = self._choices[attribute.key].get(folded(text), "")
        if not code and attribute.key in CHOICE_READERS:
            code = CHOICE_READERS[attribute.key](text)
        if not code:
            raise BadValue(_("“%(text)s” is none of the choices.") % {"text": text})
        return code

    def _date_order(self, kind: Kind, source: Source, told: str) -> Any:
        places = [place for key, place in self.mapped.items() if kind.attribute(key).type in {Type.DATE, Type.MOMENT}]
        if told or not places:
            return told
        rows = (row.cells for row in islice(source.rows(), SAMPLE_ROWS) if not row.problem)
        texts = [cells[place] for cells in rows for place in places]
        found = day_or_month_first(texts)
        if not found and needs_a_choice(texts):
            raise FileRefused(
                _("Dates such as %(text)s can be read in two ways. Say --date-order dmy or --date-order mdy.")
                % {"text": next(text for text in texts if needs_a_choice([text]))}
            )
        return found


class Related:
    """Rows that relations point at, found by number, code or name among those the user may see."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self._found: dict[tuple[str, str], int | str] = {}

    def find(self, attribute: Attribute, text: str) -> int:
        key = (attribute.related, text)
        if key not in self._found:
            self._found[key] = self._look_up(attribute, text)
        found = self._found[key]
        if isinstance(found, str):
            raise BadValue(found)
        return found

    def _look_up(self, attribute: Attribute, text: str) -> int | str:
        """The id, or a sentence that says why there is none."""
        lookup = lookups.get(attribute.related)
        names = {field.name for field in lookup.model._meta.concrete_fields}
        for name in (each for each in KNOWN_BY if each in names):
            matches = list(lookup.queryset(self.user).filter(**{f"{name}__iexact": text}).order_by("pk")[:2])
            if len(matches) == 1:
                return matches[0].pk
            if matches:
                return _("There are several “%(text)s”; use the number.") % {"text": text}
        if issubclass(lookup.model, User):
            return self._person(text)
        return _("There is no “%(text)s”.") % {"text": text}

    def _person(self, text: str) -> int | str:
        matches = [user.pk for user in User.objects.filter(is_active=True) if folded(str(user)) == folded(text)]
        if len(matches) == 1:
            return matches[0]
        return _("There is no “%(text)s”.") % {"text": text}


class RecordWriter:
    """Values into records, through the form of their kind."""

    def __init__(self, kind: Kind, request: Request, summary: ImportSummary) -> None:
        self.kind = kind
        self.request = request
        self.summary = summary
        self.provenance = Provenance(request, summary)
        self._template = kind.form_class(user=request.user)
        self._taken: set[Any] = set()
        self._by_source = {each.source: each.key for each in kind.attributes}

    def write(self, values: dict[str, Any]) -> dict[str, str]:
        """What is wrong, by key of the attribute; empty when the row was taken or is known already."""
        key = self.request.update_by or "number"
        value = values.get(key)
        if value is None and self.request.update_by:
            return {key: _("The value by which records are found is missing.")}
        if value is not None:
            if folded(str(value)) in self._taken:
                return {key: _("“%(text)s” stands in the file twice.") % {"text": value}}
            self._taken.add(folded(str(value)))
        record, problem = self._known(key, value)
        if problem:
            return {key: problem}
        if record is None and not self.request.may_create:
            return {key: _("There is no “%(text)s”.") % {"text": value}}
        if record is not None and not self.request.update_by:
            self.summary.existing += 1
            return {}
        return self._store(record, values)

    def _known(self, key: str, value: Any) -> tuple[Record | None, str]:
        if value is None:
            return None, ""
        source = self.kind.attribute(key).source
        found = list(self.kind.model._default_manager.filter(**{source: value}).order_by("pk")[:2])
        if len(found) > 1:
            return None, _("There are several “%(text)s”; use the number.") % {"text": value}
        if not found:
            return None, ""
        record = found[0]
        if record.is_deleted:
            return None, _("“%(text)s” is in the recycle bin.") % {"text": value}
        if self.request.update_by and not self._may_change(record):
            return None, _("You may not change “%(text)s”.") % {"text": value}
        return record, ""

    def _may_change(self, record: Record) -> bool:
        if self.request.user is None:
            return True
        return self.kind.model._default_manager.changeable_by(self.request.user).filter(pk=record.pk).exists()

    def _store(self, record: Record | None, values: dict[str, Any]) -> dict[str, str]:
        number = values.get("number", "")
        if len(str(number)) > 40:
            return {"number": _("The text is longer than %(most)s characters.") % {"most": 40}}
        form = self._form(record, values)
        if not form.is_valid():
            return self._problems(form)
        is_new = record is None
        if not is_new and not set(form.changed_data) - {"version"}:
            self.summary.existing += 1
            return {}
        counter = "created" if is_new else "updated"
        if self.request.dry_run:
            self.summary.count(counter, self.kind.path)
            return {}
        if is_new:
            form.instance.number = number
            form.instance.batch = self.provenance.batch
        try:
            with transaction.atomic():
                form.store()
        except (IntegrityError, DataError, services.Conflict) as error:
            return {"": str(error)}
        except ValidationError as error:
            return {"": " ".join(error.messages)}
        self.summary.count(counter, self.kind.path)
        return {}

    def _form(self, record: Record | None, values: dict[str, Any]) -> Any:
        form_class = self.kind.form_class
        template = self._template if record is None else form_class(user=self.request.user, instance=record)
        given = {self.kind.attribute(key).source: value for key, value in values.items() if key != "number"}
        data = form_class.data_from_json(given, template)
        return form_class(data, user=self.request.user, instance=record)

    def _problems(self, form: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, messages in form.errors.items():
            key = "" if name == forms.forms.NON_FIELD_ERRORS else self._by_source.get(name, name)
            text = " ".join(map(str, messages))
            found[key] = text if not key else f"{form.fields[name].label if name in form.fields else key}: {text}"
        return found


def _choices_by_name(attribute: Attribute) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, label in attribute.choice_pairs():
        found.setdefault(folded(str(code)), str(code))
        for text in in_every_language(label):
            found.setdefault(folded(text), str(code))
    return found


def _must_be_given(field: forms.Field, name: str, kind: Kind) -> bool:
    """Whether a new record cannot do without: required, and the model has no default for it."""
    if not field.required:
        return False
    model_field: Any = kind.model._meta.get_field(name)
    return not model_field.has_default()


__all__: Sequence[str] = ("CHOICE_READERS", "HEADINGS", "GeneralImporter")
