"""What is known of an account: how it stands in trade, and who of us knows whom of them at which level."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPerson, Customer


class TradingRating(models.Model):
    """What somebody thought of one side of an account on a day. The newest is the current one."""

    class Item(models.TextChoices):
        SALES = "sales", _("sales activity")
        PROBLEMS = "problems", _("existing problems")
        STRATEGY = "strategy", _("company strategy")
        OUTLOOK = "outlook", _("outlook")
        IMAGE = "image", _("company image")
        REPUTATION = "reputation", _("reputation")
        FINANCE = "finance", _("financial status")
        CREDIT = "credit", _("credit status")

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="trading_ratings", verbose_name=_("customer")
    )
    item = models.CharField(_("what is rated"), max_length=10, choices=Item.choices)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade.choices, blank=True)
    note = models.CharField(_("in words"), max_length=300, blank=True)
    rated_at = models.DateTimeField(_("rated at"), default=timezone.now)
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rated by"),
    )
    is_current = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("rating of an account")
        verbose_name_plural = _("ratings of accounts")
        ordering = ["-rated_at", "-id"]
        indexes = [models.Index(fields=["customer", "item", "-rated_at"], name="trading_rating_by_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "item"], condition=Q(is_current=True), name="one_current_rating_per_item"
            ),
            models.CheckConstraint(condition=~Q(grade="") | ~Q(note=""), name="rating_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.grade} {self.note}".strip()


class LevelPair(models.Model):
    """Who of us is matched with whom of the customer at one level."""

    class Level(models.TextChoices):
        EXECUTIVE = "executive", _("executives")
        MANAGER = "manager", _("managers")
        WORKING = "working", _("working level")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="level_pairs", verbose_name=_("customer")
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("our person")
    )
    person = models.ForeignKey(
        ContactPerson, on_delete=models.CASCADE, related_name="level_pairs", verbose_name=_("their person")
    )

    class Meta:
        verbose_name = _("pair of a level")
        verbose_name_plural = _("pairs of levels")
        ordering = ["level", "id"]
        constraints = [models.UniqueConstraint(fields=["customer", "level"], name="one_pair_per_level")]

    def __str__(self) -> str:
        return f"{self.level}: {self.staff} – {self.person}"
