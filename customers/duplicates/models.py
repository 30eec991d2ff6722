"""What is known of customers that may be the same: keys they are looked up by, pairs found, merges done."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DuplicateKey(models.Model):
    """One normalised text by which a customer is found: a letter for what it is, a colon, the text."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["value", "customer"], name="duplicate_key_by_value")]

    def __str__(self) -> str:
        return f"{self.value} {self.customer_id}"


class DuplicateSweep(models.Model):
    """One comparison of the whole base with itself. `keyed_from` is from when on changed customers need new keys."""

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    customers = models.PositiveIntegerField(_("customers"), default=0)
    compared = models.PositiveBigIntegerField(_("comparisons"), default=0)
    pairs = models.PositiveIntegerField(_("pairs"), default=0)
    skipped = models.PositiveIntegerField(_("values shared by too many"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} ({self.started_at:%Y-%m-%d})"


class DuplicatePairQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status=DuplicatePair.Status.OPEN)

    def of_kept(self) -> Self:
        """Neither of the two is in the recycle bin."""
        return self.filter(first__deleted_at__isnull=True, second__deleted_at__isnull=True)

    def between(self, one: int, other: int) -> Self:
        return self.filter(first_id=min(one, other), second_id=max(one, other))


class DuplicatePair(models.Model):
    """Two customers that may be one. A dismissed pair is remembered and not shown again."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DISMISSED = "dismissed", _("Not a duplicate")
        MERGED = "merged", _("Merged")

    first = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)
    used = models.CharField(max_length=80, blank=True)  # privacy classes the score was made from: ",contact,identity,"
    group = models.BigIntegerField(null=True)  # smallest id of all customers that are linked by open pairs
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    sweep = models.ForeignKey(DuplicateSweep, on_delete=models.SET_NULL, null=True, related_name="+")
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-score", "group", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_customers"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order_of_ids"),
        ]
        indexes = [models.Index(fields=["status", "-score", "group", "id"], name="pairs_by_status")]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id} ({self.score})"


class CustomerMerge(models.Model):
    """One customer made part of another: what was chosen, what moved, so that it can be taken back.

    fields   {name: [value before, value after]} of the survivor
    moved    [{"relation": "interactions.Order.customer", "ids": [...], "settled": [[id, {field: old value}]]}]
    """

    survivor = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="merges")
    duplicate = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="merged_as")
    merged_at = models.DateTimeField(_("merged"), default=timezone.now)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    fields = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at__isnull=True), name="merged_into_one_customer"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("duplicate")), name="merged_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.survivor_id}"


__all__ = ["CustomerMerge", "DuplicateKey", "DuplicatePair", "DuplicateSweep"]
