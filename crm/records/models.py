"""What every record shares: number, provenance, version, recycle bin; and the tables of the record mechanism itself."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import User
from crm.records.attributes import Attribute
from crm.records.custom.attributes import prefetch
from crm.records.custom.columns import CustomValues


class Batch(models.Model):
    """Where a set of records came from: one import, one key of the API, one demo run."""

    class Source(models.TextChoices):
        IMPORT = "import", _("Import")
        API = "api", _("API")
        DEMO = "demo", _("Demo company")

    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    preset = models.CharField(_("preset"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    summary = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name or self.get_source_display()


class RecordQuerySet(models.QuerySet):
    """Questions every kind of record is asked."""

    _custom: tuple[Attribute, ...] = ()

    def with_custom(self, attributes: Iterable[Attribute]) -> Self:
        """Fetch what these custom relations point at along with the rows; others are left out."""
        found = self._chain()  # type: ignore[attr-defined]
        found._custom = tuple(each for each in attributes if each.is_custom and each.related)
        return found

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        rows = super().iterator(chunk_size)
        if not self._custom:
            yield from rows
            return
        while chunk := list(islice(rows, chunk_size or 2_000)):
            prefetch(chunk, self._custom)
            yield from chunk

    def _clone(self) -> Self:
        found = super()._clone()  # type: ignore[misc]
        found._custom = self._custom
        return found

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None  # type: ignore[has-type]
        super()._fetch_all()  # type: ignore[misc]
        if is_new and self._custom and self._fields is None:  # type: ignore[attr-defined]
            prefetch(self._result_cache, self._custom)

    def visible_to(self, user: User | None) -> Self:
        return self.kept().filter(access.rows(self.model, user))

    def changeable_by(self, user: User | None) -> Self:
        return self.kept().filter(access.rows(self.model, user) & access.rows(self.model, user, "change"))

    def deletable_by(self, user: User | None) -> Self:
        return self.kept().filter(access.rows(self.model, user) & access.rows(self.model, user, "delete"))

    def kept(self) -> Self:
        """Those not in the recycle bin."""
        return self.filter(deleted_at__isnull=True)

    def in_recycle_bin(self) -> Self:
        return self.filter(deleted_at__isnull=False)


class Record(models.Model):
    """Base of every kind of record.

    `version` is the optimistic lock: a form that was opened on an older version is answered with both versions.
    A deleted record stays in the recycle bin until an administrator purges it.
    """

    number = models.CharField(_("number"), max_length=40, unique=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    modified_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    batch = models.ForeignKey(
        Batch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=True,
    )
    custom = CustomValues(_("custom fields"), default=dict, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    NUMBER_PREFIX = ""  # such as "C"; numbers are then C-000123
    is_erased = False  # the person is gone and the figures stay: pages offer no change of it

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self.number:
            self.number = Sequence.next_number(self.NUMBER_PREFIX)
        if not kwargs.get("raw"):
            self.modified_at = timezone.now()
            if self.pk and "version" not in (kwargs.get("update_fields") or ()) and not self._state.adding:
                self.version += 1
                if kwargs.get("update_fields") is not None:
                    kwargs["update_fields"] = {*kwargs["update_fields"], "version", "modified_at"}
        super().save(*args, **kwargs)

    @classmethod
    def stored_many(cls, records: Iterable[Any]) -> None:
        """What `save` does beside the row, for rows that were written many at once. Whoever overrides `save` and wants
        to be imported fast overrides this too."""

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class Sequence(models.Model):
    """The last number given out for a prefix. Taken in the same transaction as the record, so no number twice."""

    prefix = models.CharField(max_length=10, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["prefix"]

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"

    @classmethod
    def take(cls, prefix: str, count: int = 1) -> int:
        """Reserve `count` numbers; the first of them."""
        row = cls.objects.filter(prefix=prefix)
        with transaction.atomic():
            if not row.update(last=F("last") + count):
                cls.objects.get_or_create(prefix=prefix)
                row.update(last=F("last") + count)
            return row.values_list("last", flat=True).get() - count + 1

    @classmethod
    def next_number(cls, prefix: str) -> str:
        return numbered(prefix, cls.take(prefix))


def numbered(prefix: str, value: int) -> str:
    return f"{prefix}-{value:06d}"


class SearchGram(models.Model):
    """One index row for a piece of a record's searchable text: three letters, two Chinese characters.

    The same table and the same query on SQLite and PostgreSQL. Sensitive texts carry their sensitivity, so that a
    reader who sees them masked cannot find them by parts.
    """

    gram = models.CharField(max_length=4)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    sensitivity = models.CharField(max_length=10, default="public")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["kind", "gram", "object_id", "sensitivity"], name="search_by_kind_and_gram"),
            models.Index(fields=["kind", "object_id", "gram"], name="search_by_record_and_gram"),
        ]

    def __str__(self) -> str:
        return f"{self.gram} {self.kind} {self.object_id}"


class SavedView(models.Model):
    """A list with its filters, columns and order under a name; shared ones are seen by everybody."""

    kind = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    query = models.TextField(_("filters"), blank=True, help_text=_("The query string of the list"))
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["kind", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "owner", "name"], name="one_saved_view_per_name")]

    def __str__(self) -> str:
        return self.name


class ApiTokenQuerySet(models.QuerySet):
    def valid(self) -> Self:
        """Not expired, of a user who may still sign in."""
        now = timezone.now()
        return self.filter(user__is_active=True).filter(
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now)
        )


class ApiToken(models.Model):
    """A key with which a user's programs use the API. Only its digest is kept; the key is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    beginning = models.CharField(max_length=12, editable=False)  # so that its owner can tell which is which
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    may_write = models.BooleanField(_("may write"), default=True)
    kinds = models.JSONField(_("kinds of records"), default=list, blank=True)  # keys; empty: all
    minute = models.BigIntegerField(default=0, editable=False)  # since 1970, in which `calls` were counted
    calls = models.PositiveIntegerField(default=0, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class ApiAnswer(models.Model):
    """What a POST with an idempotency key was answered, so that sending it again does nothing twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.BigIntegerField(default=0)  # id of the key that asked; 0 is a browser's session
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of address and body
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField(default=0)
    stamp = models.BigIntegerField(default=0)  # of the settings by whose rights it was answered
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "token", "key"], name="one_answer_per_idempotency_key")]
        indexes = [models.Index(fields=["kind", "object_id"], name="api_answers_by_record")]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"


from crm.records.attachments.models import Attachment  # noqa: E402
from crm.records.custom.models import CustomField, CustomOption  # noqa: E402
from crm.records.notices.models import Notice  # noqa: E402

__all__ = [
    "ApiAnswer",
    "ApiToken",
    "Attachment",
    "Batch",
    "CustomField",
    "CustomOption",
    "Notice",
    "Record",
    "RecordQuerySet",
    "SavedView",
    "SearchGram",
    "Sequence",
    "numbered",
]
