"""What an administrator says of a field. Values are kept by the records themselves, under its key."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import NamedInThreeLanguages, Sensitivity
from crm.records.attributes import Type


class CustomFieldQuerySet(models.QuerySet):
    def active(self) -> "CustomFieldQuerySet":
        return self.filter(is_active=True)


class CustomField(NamedInThreeLanguages):
    """One field of one kind of record. Kind, key and type are never changed: values were written by them.

    A retired field is shown nowhere; its values stay and are there again when it is taken back into use.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        LONG_TEXT = "long_text", _("long text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        CHOICE = "choice", _("one of several choices")
        CHOICES = "choices", _("several choices at once")
        BOOLEAN = "boolean", _("yes or no")
        RELATION = "relation", _("another record")

    kind = models.CharField(_("kind of record"), max_length=40)
    key = models.CharField(_("key"), max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_]{0,39}$")])
    type = models.CharField(_("type"), max_length=12, choices=Kind.choices, default=Kind.TEXT)
    related = models.CharField(_("points at"), max_length=40, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    rank = models.PositiveSmallIntegerField(_("place"), default=50, help_text=_("Smaller numbers come first"))
    section = models.CharField(
        _("section"), max_length=80, blank=True, help_text=_("One of the form's, or a new one by its name")
    )
    applies_to = models.JSONField(_("only for"), default=list, blank=True)
    sensitivity = models.CharField(
        _("privacy class"), max_length=10, choices=Sensitivity.choices, default=Sensitivity.PUBLIC
    )
    hint = models.CharField(_("hint"), max_length=160, blank=True, help_text=_("A line below the field"))
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["kind", "rank", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_custom_field_per_key")]

    @property
    def has_options(self) -> bool:
        return self.type in {self.Kind.CHOICE, self.Kind.CHOICES}

    @property
    def attribute_type(self) -> Type:
        return Type.CHOICE if self.has_options else Type(self.type)


class CustomOption(NamedInThreeLanguages):
    """One of the choices of a field. Its code is what records keep, so that it may be renamed at any time."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(_("code"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("place"), default=50)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["rank", "id"]
        constraints = [models.UniqueConstraint(fields=["field", "code"], name="one_custom_option_per_code")]
