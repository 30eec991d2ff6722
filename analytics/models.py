"""What analysis has found out: runs, figures per customer, segments and their members, alerts.

`analytics.snapshots` is the only writer of runs and figures. Readers take the published run's number once per request
and read rows of that run only, so a page never mixes two runs.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.costs.models import CostEntry  # noqa: F401  a room of the same app
from customers.models import Customer
from interactions.models import Task


class Run(models.Model):
    """One recompute. `id` is the run number and the fencing number: only a larger one may be published."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")
        SUPERSEDED = "superseded", _("superseded")

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.RUNNING)
    as_of = models.DateField(_("as of"))
    facts = models.CharField(_("facts snapshot"), max_length=60, blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    customers = models.PositiveIntegerField(_("customers"), default=0)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    seconds = models.JSONField(_("seconds per stage"), default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("recompute")
        verbose_name_plural = _("recomputes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} ({self.as_of})"


class Publication(models.Model):
    """The one pointer to what readers see. Moving it publishes a run with its facts, figures, members and alerts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_publication")]

    def __str__(self) -> str:
        return str(self.run_id or "-")

    @classmethod
    def current_run(cls) -> Run | None:
        row = cls.objects.select_related("run").first()
        return row.run if row else None


class CustomerFigures(models.Model):
    """Everything computed of one customer in one run. Money in cents of the base currency; days are calendar days."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="figures", db_constraint=False, db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.DO_NOTHING, related_name="figures", db_constraint=False, db_index=False
    )
    # purchases up to as_of
    orders = models.IntegerField(default=0)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    recency_days = models.IntegerField(null=True)
    frequency = models.IntegerField(default=0)
    gross_amount = models.BigIntegerField(default=0)
    monetary_value = models.BigIntegerField(default=0)
    average_order_value = models.BigIntegerField(null=True)
    orders_12_months = models.IntegerField(default=0)
    amount_12_months = models.BigIntegerField(default=0)
    amount_last_180_days = models.BigIntegerField(default=0)
    amount_previous_180_days = models.BigIntegerField(default=0)
    # scores and classes
    r_score = models.SmallIntegerField(null=True)
    f_score = models.SmallIntegerField(null=True)
    m_score = models.SmallIntegerField(null=True)
    rfm_segment = models.CharField(max_length=24, blank=True)
    abc_class = models.CharField(max_length=1, blank=True)
    value_tier = models.CharField(max_length=8, blank=True)
    lifecycle_stage = models.CharField(max_length=16, blank=True)
    # rhythm and churn
    cycle_days = models.FloatField(null=True)
    cycle_is_assumed = models.BooleanField(default=False)
    next_order_on = models.DateField(null=True)
    silence_ratio = models.FloatField(null=True)
    churn_risk = models.CharField(max_length=8, blank=True)  # "", medium, high, lost
    # forecast by a model of the customer base; NULL where the data identify none
    probability_alive = models.FloatField(null=True)
    probability_of_order = models.FloatField(null=True)  # within 90 days
    expected_orders = models.FloatField(null=True)  # within 12 months
    expected_order_value = models.BigIntegerField(null=True)
    predicted_value = models.BigIntegerField(null=True)  # discounted profit of 12 months
    # value: profit where it says so, else amounts
    historic_value = models.BigIntegerField(default=0)  # profit up to as_of
    profit_12_months = models.BigIntegerField(default=0)
    potential_value = models.BigIntegerField(null=True)  # expected amount of 12 months
    value_class = models.CharField(max_length=8, blank=True)  # top, middle, base
    economic_contribution = models.FloatField(null=True)  # 0-100
    probability_of_high_value = models.FloatField(null=True)  # among the best fifth of the next 12 months
    # contacts and cases
    contacts_90_days = models.IntegerField(default=0)
    contacts_180_days = models.IntegerField(default=0)
    contacts_per_month = models.FloatField(null=True)
    last_contact_on = models.DateField(null=True)
    main_concern = models.CharField(max_length=10, blank=True)
    main_concern_share = models.FloatField(null=True)
    open_complaints = models.IntegerField(default=0)
    complaints_90_days = models.IntegerField(default=0)
    # loyalty, 0-100
    loyalty = models.FloatField(null=True)
    loyalty_band = models.CharField(max_length=12, blank=True)
    loyalty_coverage = models.FloatField(null=True)
    trust = models.FloatField(null=True)
    contact_frequency = models.FloatField(null=True)
    service_effect = models.FloatField(null=True)
    satisfaction = models.FloatField(null=True)
    continue_likelihood = models.FloatField(null=True)

    class Meta:
        ordering = ["run_id", "customer_id"]
        constraints = [models.UniqueConstraint(fields=["run", "customer"], name="one_row_of_figures_per_customer")]
        indexes = [models.Index(fields=["customer", "run"], name="figures_by_customer")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.customer_id}"


class StageChange(models.Model):
    """A customer's move from one lifecycle stage to another."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="stage_changes")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("on"))
    from_stage = models.CharField(max_length=16, blank=True)
    to_stage = models.CharField(max_length=16)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["customer", "on"], name="one_stage_change_per_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_stage} → {self.to_stage}"


class ModelFit(models.Model):
    """A model as it was fitted in one run: its parameters, or why it has none, and how good it is.

    version counts the fits of one model; is_used marks the one that the run's figures were made with.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="fits")
    model = models.CharField(_("model"), max_length=24)
    version = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=20)
    as_of = models.DateField(_("as of"))
    fitted_at = models.DateTimeField(_("fitted at"), default=timezone.now)
    customers = models.FloatField(_("customers"), default=0)
    time_unit = models.CharField(max_length=8, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    quality = models.JSONField(_("quality"), default=dict)
    is_used = models.BooleanField(_("in use"), default=False)

    class Meta:
        verbose_name = _("fitted model")
        verbose_name_plural = _("fitted models")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["model", "version"], name="one_fit_per_model_and_version")]
        indexes = [models.Index(fields=["run", "model"], name="fits_by_run")]

    def __str__(self) -> str:
        return f"{self.model} v{self.version}"


class SegmentQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Segment(models.Model):
    """A named group of customers chosen by a rule. The rule's earlier versions are kept."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    purpose = models.TextField(_("purpose"), help_text=_("What this group is for, and who uses it."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    rule = models.JSONField(_("rule"), default=dict)
    version = models.PositiveIntegerField(default=1, editable=False)
    # the run between which and the next one its members were found anew: the facts of that run hold the earlier ones
    filled_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("analytics:segment_detail", args=[self.pk])


class SegmentVersion(models.Model):
    """What a segment's rule was, from when, by whom."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    rule = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["segment_id", "-version"]
        constraints = [models.UniqueConstraint(fields=["segment", "version"], name="one_rule_per_segment_version")]

    def __str__(self) -> str:
        return f"{self.segment_id} v{self.version}"


class SegmentMembership(models.Model):
    """A customer's stay in a segment; `left_on` is empty while it lasts."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="segment_memberships")
    entered_on = models.DateField(_("entered on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    entered_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    left_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("segment member")
        verbose_name_plural = _("segment members")
        ordering = ["-entered_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"],
                condition=Q(left_on__isnull=True),
                name="one_open_stay_per_segment",
            )
        ]
        indexes = [models.Index(fields=["segment", "left_on"], name="members_by_segment")]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.customer_id}"


class AlertQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(status=Alert.Status.OPEN)


class Alert(models.Model):
    """A customer who needs somebody's attention, with the reasons and the task made of it."""

    class Kind(models.TextChoices):
        CHURN = "churn", _("Churn warning")

    class Band(models.TextChoices):
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Customer kept")
        LOST = "lost", _("Customer lost")
        DISMISSED = "dismissed", _("Dismissed")
        CLEARED = "cleared", _("No longer at risk")

    class Access:
        kind = "alert"
        owner = ("owner", "customer__owner")
        unit = ("customer__unit",)
        region = ("customer__region",)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CHURN)
    band = models.CharField(_("risk"), max_length=8, choices=Band.choices)
    reasons = models.JSONField(_("reasons"), default=list)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("due"), null=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    # with it the silence began that the alert is about; a later order means that the customer was kept
    last_order_on = models.DateField(_("last order on"), null=True, blank=True)
    outcome = models.TextField(_("result"), blank=True)
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(status="open"),
                name="one_open_alert_per_customer_and_kind",
            )
        ]
        indexes = [models.Index(fields=["status", "band", "due_on"], name="alerts_by_status")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.customer_id}"

    def get_absolute_url(self) -> str:
        return reverse("analytics:alert_detail", args=[self.pk])


class AnalysisSettings(models.Model):
    """Limits and weights of the analyses; an empty value means the default of the analysis itself."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    values = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("analysis settings")
        verbose_name_plural = _("analysis settings")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_set_of_analysis_settings")]

    def __str__(self) -> str:
        return str(_("Analysis settings"))

    @classmethod
    def current(cls) -> dict:
        row = cls.objects.first()
        return row.values if row else {}
